import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from './sandbox';
import { inputFiles, runCode, textOf } from './testing';

const hasMatplotlib = (s: Sandbox) => / matplotlib \d/.test(s.guide('python') ?? '');

/**
 * What every sandbox promises. `make` answers null when this machine cannot have it; `matplotlib` says
 * whether Python draws with the real one or with the part of it that is written here, `plt` whether
 * JavaScript draws too, `shared` that the calls of a run have one machine, with its environment and /tmp.
 */
export function sandboxContract(
	name: string,
	make: () => Promise<Sandbox | null>,
	{
		matplotlib = 'own',
		plt = true,
		shared = false
	}: { matplotlib?: 'own' | 'real'; plt?: boolean; shared?: boolean } = {}
): void {
	describe(`${name} keeps the sandbox's promises`, () => {
		let sandbox: Sandbox | null = null;
		beforeAll(async () => {
			sandbox = await make();
		});
		afterAll(() => sandbox?.stop());

		/** A test that is skipped, not passed, where this sandbox cannot be had. */
		const promise = (
			title: string,
			check: (sandbox: Sandbox) => Promise<void>,
			holds: (sandbox: Sandbox) => boolean = () => true
		) =>
			test(title, async (context) => {
				if (!sandbox || !holds(sandbox)) return context.skip();
				await check(sandbox);
			});

		promise('Python prints and ends well', async (s) => {
			const result = await runCode(
				s,
				'python',
				'import sys\nprint(6 * 7)\nprint("e", file=sys.stderr)'
			);
			expect(result).toMatchObject({
				ok: true,
				stdout: '42\n',
				stderr: 'e\n',
				reason: null,
				error: null
			});
		});

		promise('JavaScript prints and awaits', async (s) => {
			const code = 'console.log(await Promise.resolve(6 * 7), {a: [1]}); console.error("e")';
			const result = await runCode(s, 'javascript', code);
			expect(result).toMatchObject({
				ok: true,
				stdout: '42 { a: [ 1 ] }\n',
				stderr: 'e\n',
				reason: null
			});
		});

		promise(
			'inputs are read by bare name and what is written comes back, in both languages',
			async (s) => {
				const input = await inputFiles({ 'a b.csv': 'x\n1\n', 'ü.txt': 'grün' });
				const python = await runCode(
					s,
					'python',
					'import os\nprint(sorted(os.listdir()), open("ü.txt", encoding="utf-8").read())\nopen("o.txt", "w").write(open("a b.csv").read())',
					input
				);
				expect(python.stdout).toBe("['a b.csv', 'ü.txt'] grün\n");
				expect(python.files.map((f) => f.name)).toEqual(['o.txt']);
				expect(textOf(python, 'o.txt')).toBe('x\n1\n');
				const javascript = await runCode(
					s,
					'javascript',
					'console.log(files.list().join(), files.size("ü.txt"), [...files.lines("a b.csv")].join("|")); files.write("o.txt", files.readBytes("ü.txt", 0, 2))',
					input
				);
				expect(javascript.stdout).toBe('a b.csv,ü.txt 5 x|1\n');
				expect(textOf(javascript, 'o.txt')).toBe('gr');
				await input.remove();
			}
		);

		promise('a changed input comes back as output and the input stays as it is', async (s) => {
			const input = await inputFiles({ 'a.txt': 'one', 'b.txt': 'two', 'c.txt': 'three' });
			const result = await runCode(
				s,
				'python',
				'open("a.txt", "a").write("+")\nopen("b.txt", "w").write("new")\nf = open("c.txt", "r+")\nf.seek(2)\nf.write("X")\nf.close()\nprint(open("a.txt").read())',
				input
			);
			expect(result).toMatchObject({ ok: true, stdout: 'one+\n' });
			expect(['a.txt', 'b.txt', 'c.txt'].map((n) => textOf(result, n))).toEqual([
				'one+',
				'new',
				'thXee'
			]);
			const again = await runCode(s, 'python', 'print(open("a.txt").read())', input);
			expect(again.stdout).toBe('one\n');
			await input.remove();
		});

		promise(
			'files come back also when the code failed, with a traceback of the code alone',
			async (s) => {
				const result = await runCode(
					s,
					'python',
					'open("o.txt", "w").write("kept")\nraise ValueError("boom")'
				);
				expect(result).toMatchObject({ ok: false, reason: 'error' });
				expect(result.error).toMatch(/^Traceback[^]*"main.py", line 2[^]*ValueError: boom/);
				expect(result.error).not.toContain('_raro');
				expect(textOf(result, 'o.txt')).toBe('kept');
				const js = await runCode(s, 'javascript', 'files.write("o.txt", "kept");\nnull.x');
				expect(js).toMatchObject({ ok: false, reason: 'error' });
				expect(js.error).toContain('main.js:2');
				expect(textOf(js, 'o.txt')).toBe('kept');
			}
		);

		promise('R15 folders, links and illegal names are refused and named', async (s) => {
			const result = await runCode(
				s,
				'python',
				'import os\nos.mkdir("sub")\nopen("sub/x", "w").write("x")\nos.symlink("/etc/passwd", "link")\nopen(".hidden", "w").write("x")\nopen("a\\nb", "w").write("x")\nopen("a\\\\b", "w").write("x")\nopen("ok.txt", "w").write("x")'
			);
			expect(result.files.map((f) => f.name)).toEqual(['ok.txt']);
			expect(result.refused.map((r) => r.name).sort()).toEqual([
				'.hidden',
				'a\nb',
				'a\\b',
				'link',
				'sub'
			]);
		});

		promise('nothing survives from one call to the next, and chance differs', async (s) => {
			const own = shared ? 'set()' : 'dict(os.environ).keys() & {"PATH", "USER"}';
			const code = `import os, random\nprint(random.random(), ${own}, os.listdir())\nopen("/tmp/left", "w").write("x")\nopen("left", "w").write("x")\nimport builtins\nbuiltins.left = 1`;
			const place = shared ? 'left' : '/tmp/left';
			const check = `import os, random, builtins\nprint(random.random(), set(), os.listdir())\nassert not os.path.exists("${place}") and not hasattr(builtins, "left")`;
			const first = await runCode(s, 'python', code);
			const second = await runCode(s, 'python', check);
			expect(second).toMatchObject({ ok: true });
			expect(first.stdout).toMatch(/^0\.\d+(e-\d+)? set\(\) \[\]\n$/);
			expect(second.stdout).not.toBe(first.stdout);
		});

		promise('R18 a loop without end is ended at its time limit', async (s) => {
			const loops = [
				['python', 'open("o.txt", "w").write("x")\nwhile True: pass'],
				['javascript', 'files.write("o.txt", "x")\nfor (;;);']
			] as const;
			const ended = await Promise.all(
				loops.map(([language, code]) => runCode(s, language, code, { timeoutMs: 2500 }))
			);
			for (const result of ended) expect(result).toMatchObject({ ok: false, reason: 'timeout' });
			// Nothing is kept of a process that was ended; the answer may not hide it.
			expect(ended.flatMap((result) => result.files)).toEqual([]);
			expect(ended[1]?.error).toMatch(/Files that the code had written are lost/);
		});

		promise('R17 an abort ends the call as cancelled', async (s) => {
			const stop = new AbortController();
			const running = runCode(s, 'javascript', 'for (;;);', { signal: stop.signal });
			stop.abort();
			expect(await running).toMatchObject({ ok: false, reason: 'cancelled' });
		});

		promise('large inputs are read in pieces, not held', async (s) => {
			const input = await inputFiles({ 'big.csv': 'abcdefghij\n'.repeat(1_500_000) });
			const python = await runCode(
				s,
				'python',
				'n = 0\nf = open("big.csv", "rb")\nwhile b := f.read(1 << 20): n += len(b)\nf.seek(-11, 2)\nprint(n, f.read())',
				input
			);
			expect(python).toMatchObject({ ok: true, stdout: "16500000 b'abcdefghij\\n'\n" });
			const js = await runCode(
				s,
				'javascript',
				'let n = 0; for (const line of files.lines("big.csv")) n++; console.log(n)',
				input
			);
			expect(js).toMatchObject({ ok: true, stdout: '1500000\n' });
			await input.remove();
		});

		promise(
			'a chart is a real picture, from both languages',
			async (s) => {
				const python = await runCode(
					s,
					'python',
					'import matplotlib.pyplot as plt\nplt.plot([1, 2, 3], "r--o", label="a")\nplt.legend()\nplt.savefig("c.png")\nplt.savefig("c.svg")'
				);
				expect(python).toMatchObject({ ok: true, error: null });
				expect(
					Buffer.from(python.files[0]?.bytes ?? [])
						.subarray(0, 8)
						.toString('latin1')
				).toBe('\x89PNG\r\n\x1a\n');
				if (matplotlib === 'own')
					expect(textOf(python, 'c.svg')).toMatch(/^<svg [^]*>a<\/text>[^]*<\/svg>$/);
				else expect(textOf(python, 'c.svg')).toMatch(/<svg [^]*<\/svg>\s*$/);
				if (!plt) return;
				const js = await runCode(
					s,
					'javascript',
					'plt.bar(["a", "b"], [1, 2], {label: "n"}); plt.savefig("c.png")'
				);
				expect(js).toMatchObject({ ok: true, files: [{ name: 'c.png' }] });
			},
			(s) => matplotlib === 'own' || hasMatplotlib(s)
		);

		if (matplotlib === 'own')
			promise(
				'what a chart takes but does not draw is said, once; the rest has its effect',
				async (s) => {
					const python = await runCode(
						s,
						'python',
						`import matplotlib.pyplot as plt
from matplotlib import ticker
plt.rcParams.update({"lines.dashed_pattern": [1, 2], "font.family": "serif"})
fig, ax = plt.subplots()
for _ in range(3): ax.bar([1, 2], [4, 8], hatch="//")
ax.xaxis.set_minor_locator(ticker.AutoMinorLocator())
ax.yaxis.set_major_locator(ticker.MultipleLocator(3))
ax.margins(x=0)
plt.savefig("c.svg")`
					);
					expect(python).toMatchObject({ ok: true, error: null });
					expect(python.stderr.trim().split('\n')).toEqual([
						'matplotlib: rcParams["lines.dashed_pattern"] is not drawn here',
						'matplotlib: hatch is not drawn here',
						'matplotlib: minor ticks is not drawn here'
					]);
					const labels = [...(textOf(python, 'c.svg') ?? '').matchAll(/>([^<]+)<\/text>/g)];
					expect(labels.map((label) => label[1]).slice(-3)).toEqual(['0', '3', '6']);
				}
			);

		promise('more calls than places wait for their turn', async (s) => {
			const results = await Promise.all(
				[1, 2, 3, 4, 5].map((n) => runCode(s, 'javascript', `console.log(${n})`))
			);
			expect(results.map((r) => r.stdout)).toEqual(['1\n', '2\n', '3\n', '4\n', '5\n']);
		});

		promise('tells a model what is there', async (s) => {
			expect(s.guide('python')).toContain('sqlite3');
			expect(s.guide('javascript')).toContain('files.readText');
			expect(s.describe()).toMatchObject({ kind: s.kind, detail: expect.any(String) });
		});
	});
}

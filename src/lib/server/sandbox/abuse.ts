import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from './limits';
import type { Sandbox } from './sandbox';
import { inputFiles, runCode, textOf, type Walls } from './testing';

/** Runs each line by itself and prints `name: what came of it`. */
const attempts = (lines: Record<string, string>) => `
import json
for name, line in json.loads(${JSON.stringify(JSON.stringify(lines))}).items():
    try:
        print(name + ': DONE', eval(line) if not line.startswith('!') else exec(line[1:]))
    except BaseException as e:
        print(name + ': refused')
`;
const jsAttempts = (lines: Record<string, string>) => `
const lines = ${JSON.stringify(lines)};
for (const [name, line] of Object.entries(lines)) {
	try {
		console.log(name + ': DONE', String(await new (async () => {}).constructor('return ' + line)()).slice(0, 200));
	} catch { console.log(name + ': refused'); }
}
`;

/** What hostile code may try, whatever walls stand around it. */
export function abuseSuite({ name: tier, python: kind, make }: Walls): void {
	describe(`hostile code in the ${tier} sandbox`, () => {
		let sandbox: Sandbox | null = null;
		beforeAll(async () => {
			sandbox = await make();
		});
		afterAll(() => sandbox?.stop());
		const attack = (title: string, check: (sandbox: Sandbox) => Promise<void>) =>
			test(title, async (context) => {
				if (!sandbox) return context.skip();
				await check(sandbox);
			});

		attack('R15 files: reaches nothing of the host from Python', async (s) => {
			const secret = await inputFiles({ 'secret.txt': 'TOP-SECRET' });
			const path = secret.files[0]?.path ?? '';
			const result = await runCode(
				s,
				'python',
				attempts({
					passwd: 'open("/etc/passwd").read()',
					host: `open(${JSON.stringify(path)}).read()`,
					up: 'open("../../../etc/passwd").read()',
					link: '!import os; os.symlink("/etc/hostname", "l"); print(open("l").read())',
					proc: 'open("/proc/self/environ").read()',
					fetch: '!from js import Deno; print(Deno.readTextFileSync("/etc/passwd"))',
					require:
						'!import pyodide_js; print(pyodide_js._module.constructor.constructor("return import(\\"node:fs\\")")())',
					mount: `!import pyodide_js; m = pyodide_js._module; m.FS.mkdir("/h"); m.FS.mount(m.FS.filesystems.NODEFS, __import__("pyodide.ffi").ffi.to_js({"root": "/"}), "/h"); print(open("/h/etc/passwd").read())`
				})
			);
			expect(result.stdout).not.toMatch(/root:|TOP-SECRET/);
			for (const name of ['passwd', 'host', 'up', 'link', 'fetch'])
				expect(result.stdout).toContain(`${name}: refused`);
			await secret.remove();
		});

		attack('R15 files and network: reaches nothing of the host from JavaScript', async (s) => {
			const target = `${process.cwd()}/node_modules/.cache/raro-was-here-${tier}`;
			const result = await runCode(
				s,
				'javascript',
				jsAttempts({
					deno: 'Deno.readTextFileSync("/etc/passwd")',
					node: 'import("node:fs").then((fs) => fs.readFileSync("/etc/passwd", "utf8"))',
					write: `import("node:fs").then((fs) => fs.writeFileSync(${JSON.stringify(target)}, "x"))`,
					link: 'import("node:fs").then((fs) => fs.symlinkSync("/etc", "/tmp/l"))',
					module: 'import("file:///etc/passwd")',
					http: 'import("http://127.0.0.1:9/x.js")',
					env: 'import("node:process").then((p) => JSON.stringify(p.default.env.PATH))',
					run: 'import("node:child_process").then((c) => c.execSync("id").toString())',
					spawn:
						'import("node:child_process").then((c) => new Promise((ok, no) => c.spawn("id").on("error", no).on("exit", ok)))',
					kill: `import("node:process").then((p) => p.default.kill(${process.pid}, 0))`,
					sqlite: 'import("node:sqlite").then((q) => new q.DatabaseSync("/tmp/x.db"))',
					ffi: 'import("node:process").then((p) => p.default.dlopen({exports: {}}, "/x.node"))',
					socket:
						'import("node:net").then((n) => new Promise((ok, no) => n.connect(9, "127.0.0.1").on("connect", ok).on("error", no)))',
					dns: 'import("node:dns/promises").then((d) => d.lookup("example.com"))',
					fetch: 'fetch("http://127.0.0.1:9/")',
					worker: 'new Worker("data:text/javascript,", {type: "module"})',
					ask: 'Deno.permissions.request({name: "read"})'
				}),
				{ timeoutMs: 15_000 }
			);
			expect(result.stdout).not.toContain('DONE');
			expect(fs.existsSync(target)).toBe(false);
		});

		attack('processes and sockets do not exist in Python', async (s) => {
			const lines = {
				system: '!import os; print(os.system("id"))',
				posix: '!import posix; print(posix.fork())',
				subprocess: '!import subprocess; subprocess.run(["id"])',
				fork: '!import os; os.fork()',
				socket: '!import socket; socket.create_connection(("127.0.0.1", 9), 1)',
				listen: '!import socket; s = socket.socket(); s.connect(("127.0.0.1", 9))',
				http: '!import urllib.request; urllib.request.urlopen("http://127.0.0.1:9/", timeout=1)',
				...(kind === 'pyodide' && {
					thread: '!import threading; threading.Thread(target=print).start()'
				})
			};
			const result = await runCode(s, 'python', attempts(lines), { timeoutMs: 20_000 });
			expect(result.stdout).toBe(
				Object.keys(lines)
					.map((name) => `${name}: refused\n`)
					.join('')
			);
		});

		const dying = kind === 'pyodide' ? attack : () => {};
		dying('the C library’s own way in ends Python, and says so', async (s) => {
			const native =
				'open("o.txt", "w").write("kept")\nimport posix\nprint("DONE", posix.system("id"))';
			const deep =
				'open("o.txt", "w").write("kept")\nimport sys\nsys.setrecursionlimit(10**7)\nf = lambda x: [f(x)][0]\nf(0)';
			const [ended, sunk] = await Promise.all(
				[native, deep].map((code) => runCode(s, 'python', code, { timeoutMs: 20_000 }))
			);
			expect(ended?.stdout).not.toContain('uid=');
			for (const dead of [ended, sunk]) {
				expect(dead).toMatchObject({ ok: false, reason: 'crashed' });
				expect(dead?.error).toMatch(/^Python stopped: /);
				// Python is dead, its files are not.
				expect(dead && textOf(dead, 'o.txt')).toBe('kept');
			}
			expect(sunk?.error).toContain('nested too deeply');
		});

		attack('R18 memory: growth ends with the reason "memory"', async (s) => {
			const python = await runCode(s, 'python', 'a = []\nwhile True: a.append(bytearray(1 << 24))');
			expect(python).toMatchObject({ ok: false, reason: 'memory' });
			const js = await runCode(
				s,
				'javascript',
				'const a = []; for (;;) { const b = new Uint8Array(1 << 25); b.fill(1); a.push(b); }'
			);
			expect(js).toMatchObject({ ok: false, reason: 'memory' });
			const heap = await runCode(
				s,
				'javascript',
				'const a = []; for (;;) a.push({x: [a.length]});'
			);
			expect(heap).toMatchObject({ ok: false, reason: 'memory' });
		});

		attack('R18 output: printing is cut off, and a flood is ended', async (s) => {
			const much = await runCode(s, 'python', 'print("x" * 1_000_000)');
			expect(much.ok).toBe(true);
			expect(much.stdout.length).toBeLessThan(LIMITS.printedBytes + 200);
			expect(much.stdout).toContain('[output cut off');
			const flood = await runCode(s, 'javascript', 'for (;;) console.log("x".repeat(10000))');
			expect(flood).toMatchObject({ ok: false, reason: 'output' });
			expect(flood.stdout.length).toBeLessThan(LIMITS.printedBytes + 200);
		});

		attack('R18 output: too many and too large files are refused and named', async (s) => {
			const code = `
for n in range(300): open(f"f{n:03}.txt", "w").write("x")
open("huge.bin", "wb").write(bytes(40 << 20))
try:
    f = open("endless.bin", "wb")
    while True: f.write(bytes(1 << 24))
except OSError as e: print("full")
`;
			const result = await runCode(s, 'python', code);
			expect(result).toMatchObject({ stdout: 'full\n' });
			expect(result.files).toHaveLength(LIMITS.files);
			expect(result.refused.length).toBeGreaterThan(99);
			const js = await runCode(
				s,
				'javascript',
				'files.write("huge.bin", new Uint8Array(40 << 20)); files.write("ok.txt", "x")'
			);
			expect(js.files.map((f) => f.name)).toEqual(['ok.txt']);
			expect(js.refused).toEqual([{ name: 'huge.bin', reason: 'it is larger than 32 MB' }]);
		});

		attack('R9 names: only safe ones come back', async (s) => {
			const names = [
				'../x',
				'/etc/x',
				'.hidden',
				'a\0b',
				'a/b',
				'a\\b',
				'',
				'n\nl',
				'x'.repeat(300),
				'..',
				'\ud800'
			];
			const result = await runCode(
				s,
				'javascript',
				`for (const n of [...${JSON.stringify(names)}, 'gut ü 文.txt']) try { files.write(n, 'x'); } catch {}`
			);
			expect(result.files.map((f) => f.name).filter((n) => n !== '\ufffd')).toEqual([
				'gut ü 文.txt'
			]);
			expect(result.refused.length).toBeGreaterThan(7);
		});

		attack('protocol: forged frames give nothing that is not given anyway', async (s) => {
			const input = await inputFiles({ 'a.txt': 'mine' });
			// The runner's own writes pass through a function that the code can replace.
			const forge = (bytes: string) =>
				`const forged = new Uint8Array(${bytes}); Uint8Array.prototype.subarray = () => forged; console.log('x'); await new Promise((r) => setTimeout(r, 3000));`;
			const forged: Record<string, string> = {
				unknown: '[99,0,0,0,0]',
				endless: '[5,255,255,255,255]',
				ready: '[1,0,0,0,2,123,125]',
				other: '[4,0,0,0,16,0,0,0,7,0,0,0,0,0,0,0,0,0,0,0,9]',
				negative: '[4,0,0,0,16,0,0,0,0,191,240,0,0,0,0,0,0,0,0,0,9]',
				short: '[4,0,0,0,3,1,2,3]',
				text: 'new TextEncoder().encode("{}\\n".repeat(50))',
				done: '[7,0,0,0,3,1,2,3]'
			};
			await Promise.all(
				Object.entries(forged).map(async ([name, bytes]) => {
					const code = forge(bytes);
					const result = await runCode(s, 'javascript', code, { ...input, timeoutMs: 8000 });
					expect(result, name).toMatchObject({ ok: false, files: [], reason: 'crashed' });
				})
			);
			const file = '[5,0,0,0,9,0,6,46,46,47,46,46,47,120]';
			const escaping = await runCode(s, 'javascript', forge(file), { ...input, timeoutMs: 8000 });
			expect(escaping.files).toEqual([]);
			await input.remove();
		});

		attack('tampering with the runner’s globals ends in a named reason', async (s) => {
			for (const code of [
				'Uint8Array.prototype.set = JSON.stringify = TextEncoder.prototype.encode = () => { throw 1; };',
				'Object.prototype.length = 5; Array.prototype.map = null; Promise.prototype.then = null;',
				'import("node:process").then((p) => p.default.exit(0)); await new Promise(() => {});'
			]) {
				const result = await runCode(s, 'javascript', code, { timeoutMs: 5000 });
				if (!result.ok) expect(['error', 'crashed', 'timeout']).toContain(result.reason);
				expect(result.files).toEqual([]);
			}
			const python = await runCode(
				s,
				'python',
				'import sys\nsys.stdout = None\nsys.modules.clear()\nimport builtins\nbuiltins.print = None',
				{ timeoutMs: 10_000 }
			);
			if (!python.ok) expect(['error', 'crashed', 'timeout']).toContain(python.reason);
			expect((await runCode(s, 'javascript', 'console.log(1)')).stdout).toBe('1\n');
		});
	});
}

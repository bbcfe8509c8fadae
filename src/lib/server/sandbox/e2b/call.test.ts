import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { inputFiles, textOf } from '../testing';
import { callIn, onE2b, requests } from './testing';

/** A picture of one pixel, written by hand. */
const PNG = `
import struct, zlib
def part(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
open("p.png", "wb").write(b"\\x89PNG\\r\\n\\x1a\\n" + part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + part(b"IDAT", zlib.compress(b"\\0\\0")) + part(b"IEND", b""))
`;

onE2b('E1 a table goes in, a picture comes out, and the sandbox ends with its run', async (e2b) => {
	const sandbox = e2b.sandbox();
	const { files, remove } = await inputFiles({ 'sales.csv': 'region,n\nnorth,40\nsouth,2\n' });
	const code = `import csv\nprint("total", sum(int(r["n"]) for r in csv.DictReader(open("sales.csv"))))\n${PNG}`;
	const result = await callIn(sandbox, code, { files });
	expect(result).toMatchObject({ ok: true, stdout: 'total 42\n', refused: [] });
	expect(result.files.map(({ name }) => name)).toEqual(['p.png']);
	const head = Buffer.from(result.files[0]?.bytes ?? []).subarray(0, 8);
	expect(head.toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
	expect(e2b.service.boxes.size).toBe(1);
	await sandbox.release('run-1');
	expect(e2b.service.boxes.size).toBe(0);
	await remove();
});

onE2b('E2 an exit code other than 0 is a result, with a reason', async (e2b) => {
	const sandbox = e2b.sandbox();
	const ends = [
		['import sys\nprint("so far")\nsys.exit(3)', 'error', /exit code 3/],
		['import os\nos.abort()', 'crashed', /ended/],
		['import os, signal\nos.kill(os.getpid(), signal.SIGKILL)', 'memory', /memory/],
		['raise MemoryError()', 'memory', /MemoryError/],
		['def f(:', 'error', /main.py", line 1[^]*SyntaxError/]
	] as const;
	for (const [code, reason, error] of ends) {
		const result = await callIn(sandbox, code);
		expect(result).toMatchObject({ ok: false, reason });
		expect(result.error).toMatch(error);
		expect(result.error).not.toContain('.raro');
	}
	const syntax = await callIn(sandbox, 'const a = ;', { language: 'javascript' });
	expect(syntax.error).toMatch(/main.js:1[^]*SyntaxError/);
	const stuck = await callIn(sandbox, 'await new Promise(() => {})', { language: 'javascript' });
	expect(stuck).toMatchObject({ ok: false, reason: 'error', error: /never happens/ });
	const top = await callIn(
		sandbox,
		'import asyncio\nasync def f(): return 7\nprint(await f(), __name__)'
	);
	expect(top.stdout).toBe('7 __main__\n');
});

onE2b(
	'E3 what is printed is capped, a flood ends the call, and letters stay whole',
	async (e2b) => {
		const sandbox = e2b.sandbox();
		const long = await callIn(sandbox, 'print("ü" * 400_000)');
		expect(long.ok).toBe(true);
		expect(long.stdout).toMatch(
			/^ü+\uFFFD?\n\[output cut off: 262144 of 800001 bytes are shown\]$/
		);
		const flood = await callIn(sandbox, 'while True: print("x" * 10_000)');
		expect(flood).toMatchObject({ ok: false, reason: 'output', files: [] });
		expect(flood.stdout.length).toBeLessThan(300_000);
		const split =
			'import os\nfor b in "ä€😀".encode() * 300: os.write(1, bytes([b])); os.write(2, b"e")';
		expect(await callIn(sandbox, split)).toMatchObject({ stdout: 'ä€😀'.repeat(300) });
	}
);

onE2b(
	'E9 a file that vanishes while it is fetched is named, and the call is a result',
	async (e2b) => {
		const sandbox = e2b.sandbox();
		e2b.service.faults.push({
			on: 'GET /files',
			times: 1,
			status: 404,
			body: { code: 404, message: 'path does not exist' }
		});
		const result = await callIn(sandbox, 'open("a.txt", "w").write("a")\nprint("done")');
		expect(result).toMatchObject({ ok: true, stdout: 'done\n', files: [] });
		expect(result.refused).toEqual([{ name: 'a.txt', reason: expect.stringContaining('changed') }]);
	}
);

onE2b('E12 two runs see nothing of each other', async (e2b) => {
	const sandbox = e2b.sandbox();
	const secret = await inputFiles({ 'a.txt': 'of run a' });
	const look =
		'import os\nfor top, _, names in os.walk("/home/user"):\n  for n in names: print(os.path.join(top, n).rsplit("/", 1)[1])\nprint(os.path.exists("/tmp/x"))';
	const [first] = await Promise.all([
		callIn(sandbox, 'open("/tmp/x", "w").write("x")\nprint(open("a.txt").read())', {
			runId: 'a',
			files: secret.files
		}),
		callIn(sandbox, 'print(1)', { runId: 'b' })
	]);
	expect(first.stdout).toBe('of run a\n');
	expect(e2b.service.boxes.size).toBe(2);
	const other = await callIn(sandbox, look, { runId: 'b' });
	expect(other.stdout).not.toContain('a.txt');
	expect(other.stdout).toMatch(/False\n$/);
	await secret.remove();
});

onE2b('calls of one run at once share the sandbox, not the folder', async (e2b) => {
	const sandbox = e2b.sandbox();
	const results = await Promise.all(
		[1, 2, 3].map((n) =>
			callIn(sandbox, `import os\nopen("${n}.txt", "w").write("${n}")\nprint(os.listdir())`)
		)
	);
	results.forEach((result, index) => {
		expect(result).toMatchObject({ ok: true, stdout: `['${index + 1}.txt']\n` });
		expect(textOf(result, `${index + 1}.txt`)).toBe(String(index + 1));
	});
	expect(e2b.service.boxes.size).toBe(1);
});

onE2b(
	'an input is uploaded once, whatever it is called, and streamed when it is large',
	async (e2b) => {
		const sandbox = e2b.sandbox();
		const big = Buffer.alloc(3_000_000, 'raro\n');
		const input = await inputFiles({ 'a.txt': 'same', 'b.txt': 'same', 'big.bin': big });
		const uploads = () => requests(e2b.service, 'POST', /^\/files/);
		const code = 'import os\nprint(open("b.txt").read(), os.path.getsize("big.bin"))';
		expect((await callIn(sandbox, code, input)).stdout).toBe('same 3000000\n');
		const first = uploads();
		const streamed = first.filter((r) => r.headers['content-type'] === 'application/octet-stream');
		expect(streamed).toHaveLength(1);
		expect(first).toHaveLength(3);
		expect((await callIn(sandbox, code, input)).stdout).toBe('same 3000000\n');
		// Only the program and the list of its inputs.
		expect(uploads()).toHaveLength(4);
		await input.remove();
	}
);

onE2b(
	'an input that code has tampered with in the store is noticed and brought anew',
	async (e2b) => {
		const sandbox = e2b.sandbox();
		const input = await inputFiles({ 'a.txt': 'true' });
		const tamper =
			'import glob, os\nfor f in glob.glob("/home/user/.raro/files/*"):\n  os.chmod(f, 0o644)\n  open(f, "w").write("lies")';
		expect((await callIn(sandbox, tamper, input)).ok).toBe(true);
		expect((await callIn(sandbox, 'print(open("a.txt").read())', input)).stdout).toBe('true\n');
		await input.remove();
	}
);

onE2b(
	'inputs come back only when their content changed, also by mmap or with the time put back',
	async (e2b) => {
		const sandbox = e2b.sandbox();
		const names = ['same', 'touched', 'mapped', 'timed', 'gone'];
		const input = await inputFiles(Object.fromEntries(names.map((n) => [n, 'content'])));
		const code = `import mmap, os
os.utime("touched"); open("touched", "r+").write("c")
with open("mapped", "r+b") as f, mmap.mmap(f.fileno(), 0) as m: m[0:1] = b"K"
s = os.stat("timed"); open("timed", "r+").write("K"); os.utime("timed", ns=(s.st_atime_ns, s.st_mtime_ns))
os.remove("gone")`;
		const result = await callIn(sandbox, code, input);
		expect(result).toMatchObject({ ok: true, refused: [] });
		expect(result.files.map(({ name }) => name).sort()).toEqual(['mapped', 'timed']);
		expect(textOf(result, 'mapped')).toBe('Kontent');
		await input.remove();
	}
);

onE2b('R15 too much, too large and too strange is refused and named', async (e2b) => {
	const sandbox = e2b.sandbox();
	const code = `import os
os.mkfifo("pipe")
for n in range(120): open(f"f{n:03}.txt", "w").write("x")
with open("huge.bin", "wb") as f: f.truncate(33 << 20)
open(b"bad\\xff.txt", "wb").write(b"x")
open("locked.txt", "w").write("x"); os.chmod("locked.txt", 0)`;
	const result = await callIn(sandbox, code);
	expect(result.ok).toBe(true);
	expect(result.files).toHaveLength(100);
	const reasons = Object.fromEntries(result.refused.map(({ name, reason }) => [name, reason]));
	expect(reasons).toMatchObject({
		pipe: expect.stringContaining('regular'),
		'huge.bin': expect.stringContaining('32 MB'),
		'badÿ.txt': expect.stringContaining('Unicode'),
		'f119.txt': expect.stringContaining('100 files')
	});
});

onE2b('a sandbox that lies about its files is not believed', async (e2b) => {
	const sandbox = e2b.sandbox();
	await callIn(sandbox, 'print(1)');
	const [box] = e2b.service.boxes.values();
	// Whatever python3 is there now, it is the agent's.
	const lies = [
		'{"entries": [{"name": "Li4vLi4vZXRj", "kind": "file", "size": 1, "digest": null}], "more": 0, "outcome": null}',
		'{"missing": [], "mark": "1; rm -rf /"}',
		'nonsense'
	];
	const profile = path.join(box?.home ?? '', '.bash_profile');
	for (const lie of lies) {
		fs.writeFileSync(profile, `python3() { echo '${lie}'; }\n`);
		await expect(callIn(sandbox, 'print(2)')).rejects.toMatchObject({
			code: 'unavailable',
			message: expect.stringContaining('does not work as it should')
		});
	}
	fs.writeFileSync(profile, 'python3() { yes; }\n');
	await expect(callIn(sandbox, 'print(2)')).rejects.toMatchObject({ code: 'unavailable' });
});

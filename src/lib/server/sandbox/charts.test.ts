import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalSandbox } from './local';
import type { Language, SandboxResult } from './sandbox';
import { localSandboxFor, runCode, textOf } from './testing';

/* Every chart that the guide promises is drawn, from both languages, as PNG and as SVG. */

let sandbox: LocalSandbox | null = null;
beforeAll(async () => {
	sandbox = (await localSandboxFor('wrapped')) ?? (await localSandboxFor('plain'));
}, 120_000);
afterAll(() => sandbox?.stop());

const PYTHON: Record<string, string> = {
	line: 'plt.plot([1, 2, 3], [3, 1, 2], "g-s", label="one")\nplt.legend()',
	bar: 'plt.bar(["a", "b"], [1, 2])',
	barh: 'plt.barh(["a", "b"], [1, 2])',
	scatter: 'plt.scatter([1, 2, 3], [3, 1, 2], s=40, c=[1, 2, 3], cmap="viridis")\nplt.colorbar()',
	hist: 'plt.hist([1, 2, 2, 3, 3, 3], bins=3)',
	pie: 'plt.pie([1, 2, 3], labels=["a", "b", "c"], autopct="%1.0f%%")',
	boxplot: 'plt.boxplot([[1, 2, 3, 9], [2, 3, 4]])',
	imshow: 'plt.imshow([[1, 2], [3, 4]])\nplt.colorbar()',
	'heat map': 'plt.pcolormesh([[1, 2], [3, 4]])',
	'twin axis':
		'fig, ax = plt.subplots()\nax.plot([1, 2], [1, 2])\nother = ax.twinx()\nother.plot([1, 2], [100, 50], color="red")',
	'titles and ticks':
		'plt.plot([1, 2, 3])\nplt.title("T")\nplt.xlabel("X")\nplt.ylabel("Y")\nplt.xticks([0, 1, 2], ["one", "two", "three"], rotation=45)',
	subplots:
		'fig, axes = plt.subplots(2, 2, figsize=(8, 6))\naxes[0][0].plot([1, 2])\naxes[1][1].set_title("last")\nplt.tight_layout()'
};
const JAVASCRIPT: Record<string, string> = {
	line: 'plt.plot([1, 2, 3], [3, 1, 2], "g-s", {label: "one"}); plt.legend()',
	bar: 'plt.bar(["a", "b"], [1, 2])',
	barh: 'plt.barh(["a", "b"], [1, 2])',
	scatter: 'plt.scatter([1, 2, 3], [3, 1, 2], {s: 40})',
	hist: 'plt.hist([1, 2, 2, 3, 3, 3], {bins: 3})',
	pie: 'plt.pie([1, 2, 3], {labels: ["a", "b", "c"]})',
	boxplot: 'plt.boxplot([[1, 2, 3, 9], [2, 3, 4]])',
	imshow: 'plt.imshow([[1, 2], [3, 4]])',
	'heat map': 'plt.pcolormesh([[1, 2], [3, 4]])',
	'twin axis':
		'const [fig, ax] = plt.subplots(); ax.plot([1, 2], [1, 2]); ax.twinx().plot([1, 2], [100, 50])',
	'titles and ticks':
		'plt.plot([1, 2, 3]); plt.title("T"); plt.xlabel("X"); plt.ylabel("Y"); plt.xticks([0, 1, 2], ["one", "two", "three"])',
	subplots: 'const [fig, axes] = plt.subplots(2, 2); axes[0][0].plot([1, 2]); plt.tight_layout()'
};

describe.each([
	['python', PYTHON, 'import matplotlib.pyplot as plt\n', ''],
	['javascript', JAVASCRIPT, '', ';']
] as const)('charts from %s', (language: Language, charts, head, end) => {
	let result: SandboxResult | null = null;
	beforeAll(async () => {
		if (!sandbox) throw new Error('no local sandbox on this machine');
		const drawn = Object.entries(charts).map(([name, code]) => {
			const saved = ['png', 'svg'].map((type) => `plt.savefig("${name}.${type}")${end}\n`).join('');
			const all = `${code}${end}\n${saved}plt.close()${end}\n`;
			return language === 'javascript' ? `{ ${all} }\n` : all;
		});
		result = await runCode(sandbox, language, head + drawn.join(''));
		expect(result).toMatchObject({ ok: true, error: null, refused: [] });
	}, 120_000);

	test.each(Object.entries(charts))('%s', (name, code) => {
		if (!result) throw new Error('nothing was drawn');
		const png = Buffer.from(result.files.find((f) => f.name === `${name}.png`)?.bytes ?? []);
		expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
		expect([png.readUInt32BE(16) >= 400, png.readUInt32BE(20) >= 300]).toEqual([true, true]);
		expect(png.length).toBeGreaterThan(1500);
		const svg = textOf(result, `${name}.svg`) ?? '';
		expect(svg).toMatch(/^<svg [^]*<\/svg>\s*$/);
		expect(svg).not.toMatch(/NaN|undefined|Infinity/);
		for (const word of code.match(/"(one|two|three|last|T|X|Y)"/g) ?? [])
			expect(svg).toContain(`>${word.slice(1, -1)}<`);
	});
});

test('every module that the guide names is there', async () => {
	if (!sandbox) throw new Error('no local sandbox on this machine');
	const [, list = ''] =
		/standard library: ([^;]*?) and so on/.exec(sandbox.guide('python') ?? '') ?? [];
	const modules = list.split(/,\s*/);
	expect(modules.length).toBeGreaterThan(10);
	const result = await runCode(sandbox, 'python', `import ${modules.join(', ')}\nprint("all")`);
	expect(result).toMatchObject({ ok: true, stdout: 'all\n' });
	// There is no time zone database.
	expect(modules).not.toContain('zoneinfo');
});

test('sqlite3 does real work', async () => {
	if (!sandbox) throw new Error('no local sandbox on this machine');
	const code = `
import sqlite3, statistics
db = sqlite3.connect("t.db")
db.execute("create table t (a integer, b text)")
db.executemany("insert into t values (?, ?)", [(1, "x"), (2, "y")])
db.commit()
print(db.execute("select sum(a), group_concat(b) from t").fetchone(), statistics.median([3, 1, 2]))
db.close()
`;
	const result = await runCode(sandbox, 'python', code);
	expect(result).toMatchObject({ ok: true, stdout: "(3, 'x,y') 2\n" });
	expect(result.files.map((file) => file.name)).toEqual(['t.db']);
});

test('R15 hard links, FIFOs and devices do not come out of the sandbox', async () => {
	if (!sandbox) throw new Error('no local sandbox on this machine');
	const code = `
import os, stat
open("plain.txt", "w").write("mine")
for name, make in {
    "hard": lambda: os.link("/etc/passwd", "hard"),
    "fifo": lambda: os.mkfifo("fifo"),
    "device": lambda: os.mknod("device", 0o600 | stat.S_IFCHR, os.makedev(1, 5)),
    "loop": lambda: os.symlink("loop", "loop"),
}.items():
    try:
        make()
    except BaseException as error:
        print(name, type(error).__name__)
`;
	const result = await runCode(sandbox, 'python', code);
	expect(result.ok).toBe(true);
	expect(result.files.map((file) => file.name)).toEqual(['plain.txt']);
	for (const name of ['hard', 'fifo', 'device', 'loop'])
		expect(
			result.stdout.includes(`${name} `) || result.refused.some((file) => file.name === name)
		).toBe(true);
});

import fs from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../platform/config';
import { sandboxContract } from '../contract';
import type { Sandbox } from '../sandbox';
import { createSandbox } from '../select';
import { inputFiles, nativeSandbox, runCode, silent, testCache, textOf } from '../testing';
import { createNativeSandbox } from './native';
import { nativeGuide } from './native-guide';
import { whyImpossible } from './interpreter';
import { createOffSandbox } from '../off';

sandboxContract('native', nativeSandbox, { matplotlib: 'real' });

let sandbox: Sandbox | null = null;
beforeAll(async () => {
	sandbox = await nativeSandbox();
});
afterAll(() => sandbox?.stop());

const native = (
	title: string,
	check: (sandbox: Sandbox) => Promise<void>,
	needs: RegExp = /Python/
) =>
	test(title, async (context) => {
		if (!sandbox) return context.skip();
		if (!needs.test(sandbox.guide('python') ?? '')) {
			process.stderr.write(`\n*** SKIPPED: ${title}: Debian's packages are not installed ***\n\n`);
			return context.skip();
		}
		await check(sandbox);
	});

native(
	'pandas groups a table, matplotlib draws it, and both come back',
	async (s) => {
		const rows = ['region,amount', 'north,10', 'south,5', 'north,20', 'süd,1'];
		const input = await inputFiles({ 'sales.csv': rows.join('\n') });
		const result = await runCode(
			s,
			'python',
			`import pandas as pd
import matplotlib.pyplot as plt
sums = pd.read_csv("sales.csv").groupby("region")["amount"].sum()
sums.to_csv("sums.csv")
sums.plot.bar(title="Amount by region")
plt.tight_layout()
plt.savefig("chart.png", dpi=80)
print(sums["north"])`,
			input
		);
		expect(result).toMatchObject({ ok: true, stdout: '30\n', stderr: '', refused: [] });
		expect(textOf(result, 'sums.csv')).toBe('region,amount\nnorth,30\nsouth,5\nsüd,1\n');
		const picture = Buffer.from(result.files.find((f) => f.name === 'chart.png')?.bytes ?? []);
		expect(picture.subarray(1, 4).toString()).toBe('PNG');
		expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([512, 384]);
		await input.remove();
	},
	/ pandas \d.* matplotlib \d|matplotlib \d.* pandas \d/
);

native('the guide names what can be imported, with versions, and nothing else', async (s) => {
	const guide = s.guide('python') ?? '';
	const listed = /Packages that can be imported: (.*?)\. No others\./.exec(guide)?.[1] ?? '';
	const packages = listed.split(', ').map((entry) => entry.split(' '));
	const code = `
import importlib, importlib.metadata, json, platform
names = ${JSON.stringify(packages.map(([name]) => name))}
for name in names: importlib.import_module(name)
missing = []
for name in ['numpy', 'pandas', 'matplotlib', 'scipy', 'openpyxl', 'pyarrow', 'PIL', 'seaborn', 'sklearn', 'polars']:
    if name in names: continue
    try: importlib.import_module(name)
    except ImportError: missing.append(name)
    else: missing.append(name + ' is there')
print(platform.python_version(), json.dumps(missing))`;
	const result = await runCode(s, 'python', listed ? code : 'print("none")');
	expect(result).toMatchObject({ ok: true });
	expect(result.stdout).not.toContain('is there');
	expect(guide).toContain(`Python ${result.stdout.split(' ')[0]} `);
	for (const [, version] of packages) expect(version).toMatch(/^\d/);
});

test('the guide of an interpreter without packages promises none', () => {
	const guide = nativeGuide({ python: '3.12.1', packages: [] });
	expect(guide).toContain('no pandas');
	expect(guide).not.toMatch(/can be imported|real one/);
});

native(
	'a change through a memory map comes back, an input that was only read does not',
	async (s) => {
		const input = await inputFiles({ 'map.bin': 'before', 'read.bin': 'before' });
		const code = `
import mmap, os, time
times = os.stat('map.bin')
with open('map.bin', 'r+b') as f:
    with mmap.mmap(f.fileno(), 0) as m:
        m[0:1]
        m[0:3] = b'BEF'
os.utime('map.bin', ns=(times.st_atime_ns, times.st_mtime_ns))
open('read.bin').read()`;
		const result = await runCode(s, 'python', code, input);
		expect(result.files.map(({ name }) => name)).toEqual(['map.bin']);
		expect(textOf(result, 'map.bin')).toBe('BEFore');
		await input.remove();
	}
);

native(
	'what is left open and unflushed is written to its end, threads are waited for',
	async (s) => {
		const code = `
import threading, time
left = open('left.txt', 'w')
left.write('all of it')
def later():
    time.sleep(0.3)
    open('later.txt', 'w').write('x')
    print('late')
threading.Thread(target=later).start()
print('early')`;
		const result = await runCode(s, 'python', code);
		expect(result).toMatchObject({ ok: true, stdout: 'early\nlate\n' });
		expect(textOf(result, 'left.txt')).toBe('all of it');
		expect(textOf(result, 'later.txt')).toBe('x');
	}
);

native('printing on the descriptors themselves arrives, and top-level await works', async (s) => {
	const code = `
import asyncio, os
os.write(1, b'raw\\n')
os.write(2, b'warn\\n')
await asyncio.sleep(0)
print('after')`;
	expect(await runCode(s, 'python', code)).toMatchObject({
		ok: true,
		stdout: 'raw\nafter\n',
		stderr: 'warn\n'
	});
});

native(
	'inputs beyond the limit are left out and named; what the code names comes first',
	async (s) => {
		const input = await inputFiles({ 'small.txt': 'small', 'wanted.bin': '', 'huge.bin': '' });
		for (const file of input.files.slice(1)) {
			file.sizeBytes = file.name === 'huge.bin' ? 500 << 20 : 100 << 20;
			await fs.truncate(file.path, file.sizeBytes);
		}
		const code = 'import os\nprint(sorted(os.listdir()), os.path.getsize("wanted.bin"))';
		const result = await runCode(s, 'python', code, input);
		expect(result).toMatchObject({ ok: true });
		expect(result.stdout).toBe(`['small.txt', 'wanted.bin'] ${100 << 20}\n`);
		expect(result.stderr).toMatch(/^Not shown, .* 512 MB here: huge\.bin\./);
		const big = await runCode(s, 'python', 'import os\nprint(os.path.getsize("huge.bin"))', input);
		expect(big).toMatchObject({ ok: true, stdout: `${500 << 20}\n` });
		expect(big.stderr).toContain('wanted.bin');
		await input.remove();
	}
);

test('SANDBOX=native stops the start where it cannot be had, and says what to do', async () => {
	expect(whyImpossible('darwin')).toMatch(/needs Linux/);
	const missing = whyImpossible();
	const config = { ...readConfig({}), SANDBOX: 'native' as const };
	const starting = createSandbox(config, { cache: testCache, packages: testCache }, silent);
	if (missing) return expect(starting).rejects.toThrow(/SANDBOX=native cannot be had here/);
	const made = await starting;
	expect(['native', 'off']).toContain(made.describe().kind);
	await made.stop();
});

test('where Python does not start in bubblewrap, code tools are off and say why', async () => {
	const javascript = createOffSandbox('off');
	const find = async () => ({ problem: 'bwrap: No permissions to create new namespace' });
	const s = await createNativeSandbox({ javascript, log: silent, concurrency: 1, find });
	expect(s.describe()).toMatchObject({
		kind: 'off',
		detail: expect.stringContaining('No permissions to create new namespace')
	});
	expect([s.guide('python'), s.guide('javascript')]).toEqual([null, null]);
	for (const language of ['python', 'javascript'] as const)
		await expect(runCode(s, language, '1')).rejects.toMatchObject({ code: 'unavailable' });
	await s.stop();
});

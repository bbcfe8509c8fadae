import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../platform/config';
import { sandboxContract } from '../contract';
import type { LocalSandbox } from '../local';
import { createSandbox } from '../select';
import { localSandboxFor, runCode, silent, testCache, textOf } from '../testing';
import type { InstalledPackages } from './installed';
import { installedPackages, namingPackages } from './testing';

/* Wheels that are made here, through the path that the real ones take. */

let root: string;
let all: InstalledPackages | null;
let withoutCharts: InstalledPackages | null;
beforeAll(async () => {
	root = await fs.mkdtemp(path.join(os.tmpdir(), 'raro-packages-'));
	all = await installedPackages(path.join(root, 'all'));
	const some = ['numpy', 'pandas', 'python-dateutil'];
	withoutCharts = await installedPackages(path.join(root, 'some'), some);
});
afterAll(() => fs.rm(root, { recursive: true }));

for (const tier of ['wrapped', 'plain'] as const)
	describe(`installed packages in the ${tier} sandbox`, () => {
		let sandbox: LocalSandbox | null = null;
		beforeAll(async () => {
			sandbox = await localSandboxFor(tier, all);
		});
		afterAll(() => sandbox?.stop());
		const promise = (title: string, check: (sandbox: LocalSandbox) => Promise<void>) =>
			test(title, async (context) => {
				if (!sandbox) return context.skip();
				await check(sandbox);
			});

		promise(
			'a program imports what it names, native modules and dependencies included',
			async (s) => {
				const code = `
import pandas as pd
import numpy, importlib.metadata
print(pd.__version__, numpy.total([1, 2]), numpy._tiny.__name__, importlib.metadata.version('pandas'))
import dateutil`;
				expect(await runCode(s, 'python', code)).toMatchObject({
					ok: true,
					stdout: '3.0.2 3 numpy._tiny 3.0.2\n',
					stderr: ''
				});
			}
		);

		promise('the real matplotlib takes the place of the own one', async (s) => {
			const code =
				'import matplotlib, matplotlib.pyplot as plt\nprint(matplotlib.__version__)\nplt.savefig("c.txt")';
			const result = await runCode(s, 'python', code);
			expect(result).toMatchObject({ ok: true, stdout: '3.10.8\n' });
			expect(textOf(result, 'c.txt')).toBe('drawn by the real one');
		});

		promise('what pandas imports by itself when it draws is there too', async (s) => {
			const result = await runCode(s, 'python', 'import pandas\npandas.plot()');
			expect(result).toMatchObject({ ok: true });
			expect(textOf(result, 'plot.txt')).toBe('drawn by the real one');
		});

		promise(
			'what the text does not name is not loaded, and the error says what to do',
			async (s) => {
				const result = await runCode(s, 'python', '__import__("num" + "py")');
				expect(result).toMatchObject({ ok: false, reason: 'error' });
				expect(result.error).toContain(
					'numpy is installed but was not loaded: write "import numpy"'
				);
			}
		);

		promise('what is not installed is still missing', async (s) => {
			const result = await runCode(s, 'python', 'import pandas, scipy');
			expect(result.error).toContain('scipy is not available in this sandbox');
		});

		promise('the guide names exactly what is installed, and it can all be imported', async (s) => {
			const guide = s.guide('python') ?? '';
			const listed = /Packages that can be imported: (.*?)\. No others\./.exec(guide)?.[1];
			expect(listed).toBe('numpy 2.4.6, pandas 3.0.2, dateutil 2.9.0.post0, matplotlib 3.10.8');
			expect(guide).toContain('matplotlib is the real one');
			expect(s.guide('javascript')).not.toContain('numpy');
			const code = 'import numpy, pandas, dateutil, matplotlib\nprint("all")';
			expect((await runCode(s, 'python', code)).stdout).toBe('all\n');
		});

		promise('packages are read before the code begins, and are out of its reach', async (s) => {
			const at = JSON.stringify(all?.folder);
			const code = `import numpy, os
print([p for p in ['/rt', '/rt/packages', ${at}] if os.path.exists(p)])
from pyodide.code import run_js
for line in ['Deno.readDirSync("/rt/packages")', 'Deno.readDirSync(' + ${JSON.stringify(at)} + ')']:
    try: print('DONE', run_js(line))
    except Exception: print('refused')`;
			expect((await runCode(s, 'python', code)).stdout).toBe('[]\nrefused\nrefused\n');
		});
	});

test('the configured local sandbox offers what it finds in the storage folder', async () => {
	const layout = { cache: testCache, packages: path.join(root, 'all') };
	const config = { ...readConfig({}), SANDBOX: 'local' as const };
	const s = await createSandbox(config, layout, silent);
	expect(s.guide('python')).toContain('numpy 2.4.6');
	await s.stop();
	const without = await createSandbox(config, { ...layout, packages: root }, silent);
	expect(without.guide('python')).toContain('numpy, pandas and other packages are not there.');
	await without.stop();
});

test('without packages the guide promises none and the error says so', async (context) => {
	const s = await localSandboxFor('plain');
	if (!s) return context.skip();
	expect(s.guide('python')).toContain('numpy, pandas and other packages are not there.');
	expect(s.guide('python')).not.toContain('can be imported');
	const result = await runCode(s, 'python', 'import numpy');
	expect(result.error).toContain('numpy is not available in this sandbox');
	await s.stop();
});

sandboxContract('local with packages, wrapped', async () =>
	namingPackages(await localSandboxFor('wrapped', withoutCharts))
);

import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../../platform/config';
import { createSandbox } from '../select';
import { inputFiles, silent } from '../testing';
import { instanceOf } from './instance';
import { callIn, nowhere, onE2b, requests, until, wrote } from './testing';

onE2b(
	'E11 a start ends what belongs to no active run, and never another deployment’s',
	async (e2b) => {
		const before = e2b.sandbox();
		const neighbour = e2b.sandbox({ instance: 'two' });
		await callIn(before, '1', { runId: 'over' });
		await callIn(before, '1', { runId: 'active' });
		await callIn(neighbour, '1', { runId: 'theirs' });
		await before.stop();
		expect(e2b.service.boxes.size).toBe(3);
		const after = e2b.sandbox();
		await after.reap(['active']);
		await until(() => e2b.service.boxes.size === 2);
		const runs = [...e2b.service.boxes.values()].map(({ metadata }) => metadata.run).sort();
		expect(runs).toEqual(['active', 'theirs']);
		// A run that ends without having run any more code lets go of what it had left.
		await until(async () => {
			await after.release('active');
			return e2b.service.boxes.size === 1;
		});
	}
);

onE2b('E11 a start does not wait for E2B, nor fail without it', async (e2b) => {
	e2b.service.faults.push({ on: 'GET /v2/sandboxes', status: 500 });
	const sandbox = e2b.sandbox();
	await sandbox.reap(['active']);
	const away = e2b.sandbox({ apiUrl: await nowhere() });
	await away.reap([]);
	await away.release('never-there');
});

onE2b('E11 what a run begins while the start is still looking stays', async (e2b) => {
	const sandbox = e2b.sandbox();
	await callIn(sandbox, '1', { runId: 'new' });
	await sandbox.reap([]);
	// It waits for what goes on in the background.
	await sandbox.stop();
	expect(e2b.service.boxes.size).toBe(1);
});

onE2b(
	'J2 after a restart a run goes on in its sandbox; what was running there is ended',
	async (e2b) => {
		const input = await inputFiles({ 'big.bin': Buffer.alloc(400_000, 1) });
		const before = e2b.sandbox();
		const code =
			'import subprocess\nopen("begun", "w").write("x")\nsubprocess.run(["sleep", "1115"])';
		const lost = callIn(before, code, input);
		lost.catch(() => undefined);
		await until(() => wrote(e2b, 'begun'));
		const uploads = () => requests(e2b.service, 'POST', /^\/files.*files%2F/).length;
		const sent = uploads();
		const after = e2b.sandbox();
		const look =
			'import os\nprint(os.path.getsize("big.bin"))\nfor p in filter(str.isdigit, os.listdir("/proc")):\n  try: print(open(f"/proc/{p}/cmdline").read())\n  except OSError: pass';
		const result = await callIn(after, look, input);
		expect(result).toMatchObject({ ok: true, stdout: expect.stringContaining('400000') });
		expect(result.stdout).not.toContain('1115');
		expect(await lost).toMatchObject({ ok: false });
		expect(e2b.service.boxes.size).toBe(1);
		expect([sent, uploads()]).toEqual([1, 1]);
		await input.remove();
	}
);

onE2b('a sandbox lives on while its run works', async (e2b) => {
	const sandbox = e2b.sandbox({ times: { lifeMs: 3000 } });
	await callIn(sandbox, 'print(1)');
	const slow = await callIn(sandbox, 'import time\ntime.sleep(5)\nprint("still here")');
	expect(slow).toMatchObject({ ok: true, stdout: 'still here\n' });
	expect(requests(e2b.service, 'POST', /timeout$/).length).toBeGreaterThan(1);
});

onE2b('there is no internet unless the workflow allows it', async (e2b) => {
	const sandbox = e2b.sandbox();
	const code = 'print(open("/proc/net/dev").read().count(":"))';
	expect((await callIn(sandbox, code)).stdout).toBe('1\n');
	await callIn(sandbox, code, { runId: 'open', internet: true });
	const asked = requests(e2b.service, 'POST', /^\/v2\/sandboxes$/).map(({ body }) => body);
	expect(asked).toMatchObject([{ allow_internet_access: false }, { allow_internet_access: true }]);
});

onE2b('sandboxes are asked for one after the other, as slowly as E2B allows', async (e2b) => {
	const sandbox = e2b.sandbox({ times: { createEveryMs: 700 } });
	const began = Date.now();
	await Promise.all(['a', 'b'].map((runId) => callIn(sandbox, '1', { runId })));
	expect(Date.now() - began).toBeGreaterThanOrEqual(700);
});

onE2b('models are told what is documented, then what is really there', async (e2b) => {
	const sandbox = e2b.sandbox();
	expect(sandbox.guide('python')).toMatch(/By its documentation[^]*pandas/);
	const code =
		'import platform, importlib.metadata\nprint(platform.python_version())\ntry: print("numpy", importlib.metadata.version("numpy"))\nexcept Exception: print("nothing")';
	const { stdout } = await callIn(sandbox, code);
	const [version = '?', numpy = '?'] = stdout.split('\n');
	const guide = sandbox.guide('python') ?? '';
	expect(guide).toContain(`Python ${version}`);
	expect(guide).not.toContain('By its documentation');
	if (numpy !== 'nothing') expect(guide).toContain(numpy);
	else expect(guide).not.toMatch(/numpy \d/);
});

test('SANDBOX=e2b needs a key, and auto takes E2B as soon as there is one', async () => {
	const cache = await fs.mkdtemp(path.join(os.tmpdir(), 'raro-e2b-cache-'));
	const folders = { cache, packages: path.join(cache, 'packages') };
	const make = (env: Record<string, string>) => createSandbox(readConfig(env), folders, silent);
	await expect(make({ SANDBOX: 'e2b' })).rejects.toThrow(
		/SANDBOX=e2b needs a key: set E2B_API_KEY/
	);
	const chosen = await make({ E2B_API_KEY: 'e2b_x', E2B_TEMPLATE: 'mine' });
	expect(chosen.describe()).toEqual({ kind: 'e2b', detail: expect.stringContaining('mine') });
	expect((await make({ E2B_API_KEY: 'e2b_x', SANDBOX: 'off' })).kind).toBe('off');
	expect(await instanceOf(cache)).toBe(await instanceOf(cache));
	await fs.rm(cache, { recursive: true });
});

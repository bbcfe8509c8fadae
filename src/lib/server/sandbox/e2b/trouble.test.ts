import { expect } from 'vitest';
import { inputFiles, textOf } from '../testing';
import { callIn, nowhere, onE2b, requests, until, wrote } from './testing';

const START = 'POST /process.Process/Start';
const CREATE = 'POST /v2/sandboxes';
const unavailable = (message: RegExp) => ({
	name: 'DomainError',
	code: 'unavailable',
	message: expect.stringMatching(message)
});

/** Shows outside that it runs. */
const waiting = 'import time\nopen("begun", "w").write("x")\nprint("first", flush=True)\n';

onE2b(
	'E6 a sandbox that ends in the middle is a readable error; the next call gets a new one with its inputs',
	async (e2b) => {
		const sandbox = e2b.sandbox();
		const input = await inputFiles({ 'a.txt': 'kept' });
		const running = callIn(sandbox, `${waiting}time.sleep(60)`, input);
		running.catch(() => undefined);
		await until(() => wrote(e2b, 'begun'));
		const [box] = e2b.service.boxes.values();
		await box?.end();
		await expect(running).rejects.toMatchObject(unavailable(/lost[^]*run the code again/));
		const again = await callIn(sandbox, 'print(open("a.txt").read())', input);
		expect(again).toMatchObject({ ok: true, stdout: 'kept\n' });
		await input.remove();
	}
);

onE2b('E6 a sandbox that ended between two calls is replaced without a word', async (e2b) => {
	const sandbox = e2b.sandbox();
	await callIn(sandbox, 'print(1)');
	for (const box of [...e2b.service.boxes.values()]) await box.end();
	expect(await callIn(sandbox, 'print(2)')).toMatchObject({ ok: true, stdout: '2\n' });
});

onE2b(
	'E7 a broken line is taken up again: the program goes on, its end and its files arrive',
	async (e2b) => {
		const sandbox = e2b.sandbox();
		const code = `${waiting}import os
while not os.path.exists("/tmp/go"): time.sleep(0.05)
print("last")\nopen("o.txt", "w").write("made")`;
		const running = callIn(sandbox, code);
		await until(() => wrote(e2b, 'begun'));
		e2b.service.cut();
		await until(() => requests(e2b.service, 'POST', /Connect/).length > 0);
		await callIn(sandbox, 'open("/tmp/go", "w").write("x")');
		const result = await running;
		expect(result).toMatchObject({
			ok: true,
			stdout: expect.stringMatching(/last\n[^]*connection/)
		});
		expect(textOf(result, 'o.txt')).toBe('made');
	}
);

onE2b('E7 a program that ended while the line was broken has its result', async (e2b) => {
	const sandbox = e2b.sandbox();
	await callIn(sandbox, 'print(1)');
	e2b.service.faults.push({ on: 'POST /process.Process/Connect', delayMs: 1500 });
	const code = `${waiting}time.sleep(1)\nraise ValueError("boom")`;
	const running = callIn(sandbox, code);
	await until(() => wrote(e2b, 'begun'));
	e2b.service.cut();
	expect(await running).toMatchObject({ ok: false, reason: 'error', error: /ValueError: boom/ });
});

onE2b('E8 a refused key, a full quota and no capacity each say what to do', async (e2b) => {
	const wrong = e2b.sandbox({ apiKey: 'e2b_wrong' });
	await expect(callIn(wrong, '1')).rejects.toMatchObject(unavailable(/key in E2B_API_KEY/));
	const sandbox = e2b.sandbox();
	const cases = [
		[
			{ status: 429, body: { code: 429, message: 'maximum number of concurrent sandboxes' } },
			/quota/
		],
		[{ status: 429, body: { code: 429, message: 'rate limit' } }, /too many/],
		[{ status: 503 }, /capacity/],
		[{ status: 400, body: { code: 400, message: 'bad template' } }, /bad template/],
		[{ status: 500 }, /E2B failed/],
		[{ drop: 'before' as const }, /cannot be reached/]
	] as const;
	for (const [fault, message] of cases) {
		e2b.service.faults.push({ on: CREATE, ...fault });
		await expect(callIn(sandbox, '1')).rejects.toMatchObject(unavailable(message));
		e2b.service.faults.clear();
	}
	expect((await callIn(sandbox, 'print(1)')).stdout).toBe('1\n');
});

onE2b('E8 what passes is waited for: Retry-After, a busy service, a busy proxy', async (e2b) => {
	const sandbox = e2b.sandbox();
	const { faults } = e2b.service;
	faults.push({ on: CREATE, times: 1, status: 429, headers: { 'retry-after': '0' } });
	faults.push({ on: CREATE, times: 1, status: 503 });
	faults.push({ on: START, times: 1, status: 429 }, { on: START, times: 1, status: 503 });
	faults.push({ on: 'POST /files', times: 1, status: 429 });
	faults.push({ on: 'POST /files', times: 1, drop: 'before' });
	expect(await callIn(sandbox, 'print(1)')).toMatchObject({ ok: true, stdout: '1\n' });
	expect(e2b.service.boxes.size).toBe(1);
});

onE2b('E8 a key that is refused later, and a template that does not exist', async (e2b) => {
	const missing = e2b.sandbox({ template: 'nowhere' });
	await expect(callIn(missing, '1')).rejects.toMatchObject(unavailable(/nowhere[^]*E2B_TEMPLATE/));
	const gone = e2b.sandbox({ apiUrl: await nowhere() });
	await expect(callIn(gone, '1')).rejects.toMatchObject(unavailable(/ECONNREFUSED[^]*E2B_API_URL/));
});

onE2b(
	'E8 a full account is said to be full',
	async (e2b) => {
		const sandbox = e2b.sandbox();
		await callIn(sandbox, '1', { runId: 'a' });
		await expect(callIn(sandbox, '1', { runId: 'b' })).rejects.toMatchObject(unavailable(/quota/));
		await sandbox.release('a');
		expect((await callIn(sandbox, 'print(1)', { runId: 'b' })).ok).toBe(true);
	},
	{ limit: 1 }
);

onE2b('a program never runs twice, whatever is lost around its beginning', async (e2b) => {
	const sandbox = e2b.sandbox();
	await callIn(sandbox, 'print(1)');
	const code = 'open("/tmp/count", "a").write("x")';
	// The second command of a call is the program's.
	e2b.service.faults.push(
		{ on: START, times: 1, delayMs: 0 },
		{ on: START, times: 1, drop: 'after' }
	);
	await expect(callIn(sandbox, code)).rejects.toMatchObject({ code: 'unavailable' });
	e2b.service.faults.clear();
	const { stdout } = await callIn(
		sandbox,
		'import os\nprint(len(open("/tmp/count").read()) if os.path.exists("/tmp/count") else 0)'
	);
	expect(['0\n', '1\n']).toContain(stdout);
});

onE2b('E10 a full disk is said to be full', async (e2b) => {
	const sandbox = e2b.sandbox();
	await callIn(sandbox, 'print(1)');
	e2b.service.faults.push({ on: 'POST /files', status: 507 });
	await expect(callIn(sandbox, '1')).rejects.toMatchObject(unavailable(/disk[^]*full/));
});

onE2b('E14 a sandbox whose creation was not answered is found, and used', async (e2b) => {
	const sandbox = e2b.sandbox();
	e2b.service.faults.push({ on: CREATE, times: 1, drop: 'after' });
	expect((await callIn(sandbox, 'print(1)')).stdout).toBe('1\n');
	expect(requests(e2b.service, 'POST', /^\/v2\/sandboxes$/)).toHaveLength(1);
	expect(e2b.service.boxes.size).toBe(1);
});

onE2b('E14 one that could not be found at once is ended later', async (e2b) => {
	const sandbox = e2b.sandbox();
	const list = 'GET /v2/sandboxes';
	e2b.service.faults.push({ on: CREATE, times: 1, drop: 'after' });
	// The first look is for the run's own, before anything is made.
	e2b.service.faults.push({ on: list, times: 1, delayMs: 0 }, { on: list, times: 1, status: 500 });
	expect((await callIn(sandbox, 'print(1)')).stdout).toBe('1\n');
	await until(() => e2b.service.boxes.size === 1);
	expect((await callIn(sandbox, 'print(2)')).stdout).toBe('2\n');
});

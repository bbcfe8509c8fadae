import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { callIn, onE2b, until, wrote } from './testing';

const processes = `import os
for p in filter(str.isdigit, os.listdir("/proc")):
    try: print(open(f"/proc/{p}/cmdline").read().replace("\\0", " "))
    except OSError: pass`;

/** A family that goes on by itself: a child, a grandchild, and one that leaves the group. */
const family = (name: string) => `import subprocess, sys, time
subprocess.Popen(["bash", "-c", "sleep 1111 & sleep 1112"])
subprocess.Popen(["bash", "-c", "sleep 1113; echo late > late"], start_new_session=True)
open("${name}", "w").write("x")
while True: time.sleep(1)`;

onE2b('E4 R18 a time limit ends the program and all it has started', async (e2b) => {
	const sandbox = e2b.sandbox();
	const result = await callIn(sandbox, family('begun'), { timeoutMs: 2000 });
	expect(result).toMatchObject({ ok: false, reason: 'timeout', files: [] });
	expect(result.error).toMatch(/did not finish within [\d.]+ s[^]*lost/);
	expect((await callIn(sandbox, processes)).stdout).not.toMatch(/sleep 111/);
});

onE2b('E4 what a program leaves running does not outlive its call', async (e2b) => {
	const sandbox = e2b.sandbox();
	const left =
		'import subprocess\nfor own in (True, False): subprocess.Popen(["sleep", "1114"], start_new_session=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)';
	expect(await callIn(sandbox, left)).toMatchObject({ ok: true });
	expect((await callIn(sandbox, processes)).stdout).not.toMatch(/sleep 1114/);
});

onE2b('E5 R17 a stop ends the program; nothing of it is written later', async (e2b) => {
	const sandbox = e2b.sandbox();
	const stop = new AbortController();
	const code = family('begun').replace('sleep 1113', 'until [ -e go ]; do sleep 0.1; done');
	const running = callIn(sandbox, code, { timeoutMs: 60_000 }, stop.signal);
	await until(() => wrote(e2b, 'begun'));
	stop.abort();
	expect(await running).toMatchObject({ ok: false, reason: 'cancelled', files: [] });
	for (const { home } of e2b.service.boxes.values())
		for (const call of fs.readdirSync(path.join(home, '.raro', 'calls'))) {
			const work = path.join(home, '.raro', 'calls', call, 'work');
			if (fs.existsSync(work)) fs.writeFileSync(path.join(work, 'go'), '');
		}
	expect((await callIn(sandbox, processes)).stdout).not.toMatch(/sleep 11|until/);
	expect(wrote(e2b, 'late')).toBe(false);
});

onE2b(
	'E5 where nothing in the sandbox answers any more, the sandbox itself is ended',
	async (e2b) => {
		const sandbox = e2b.sandbox();
		const stop = new AbortController();
		const running = callIn(sandbox, family('begun'), {}, stop.signal);
		await until(() => wrote(e2b, 'begun'));
		e2b.service.faults.push({ on: 'POST /process.Process/Start', status: 500 });
		stop.abort();
		expect(await running).toMatchObject({ reason: 'cancelled' });
		await until(() => e2b.service.boxes.size === 0);
	}
);

onE2b(
	'E5 a stop while the sandbox is made ends the call at once, and leaves no sandbox',
	async (e2b) => {
		const sandbox = e2b.sandbox();
		const stop = new AbortController();
		e2b.service.faults.push({ on: 'POST /v2/sandboxes', delayMs: 300 });
		const running = callIn(sandbox, 'print(1)', {}, stop.signal);
		await until(() => e2b.service.seen.some(({ method }) => method === 'POST'));
		stop.abort();
		expect(await running).toMatchObject({ ok: false, reason: 'cancelled' });
		await sandbox.release('run-1');
		expect(e2b.service.boxes.size).toBe(0);
	}
);

onE2b('a run that goes on while its sandbox is being ended gets a new one', async (e2b) => {
	const sandbox = e2b.sandbox();
	await callIn(sandbox, 'print(1)');
	e2b.service.faults.push({ on: /^DELETE /, delayMs: 400, times: 1 });
	const released = sandbox.release('run-1');
	const slow = await callIn(sandbox, 'import time\ntime.sleep(1)\nprint("whole")');
	expect(slow).toMatchObject({ ok: true, stdout: 'whole\n' });
	await released;
	expect(e2b.service.boxes.size).toBe(1);
});

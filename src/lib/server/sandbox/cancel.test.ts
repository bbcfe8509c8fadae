import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { Sandbox } from './sandbox';
import { runCode, WALLS } from './testing';

interface Process {
	pid: number;
	parent: number;
	ticks: number;
	state: string;
}

/** Every process of this machine that may be looked at. */
function processes(): Process[] {
	return readdirSync('/proc').flatMap((entry) => {
		if (!/^\d+$/.test(entry)) return [];
		try {
			const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
			const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
			const [state = '', parent] = fields;
			const ticks = Number(fields[11]) + Number(fields[12]);
			return [{ pid: Number(entry), parent: Number(parent), ticks, state }];
		} catch {
			return [];
		}
	});
}

/** What this process has started, and what that has started. */
function descendants(): Map<number, Process> {
	const all = processes();
	const found = new Map<number, Process>();
	let parents = new Set([process.pid]);
	while (parents.size > 0) {
		const children = all.filter((p) => parents.has(p.parent) && !found.has(p.pid));
		for (const child of children) found.set(child.pid, child);
		parents = new Set(children.map((child) => child.pid));
	}
	return found;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

/** The processes that burn time for the loop: those of a spare sandbox only wait. */
async function busy(): Promise<number[]> {
	for (;;) {
		const before = descendants();
		await pause();
		await pause();
		const burning = [...descendants().values()].filter(
			({ pid, ticks }) => ticks - (before.get(pid)?.ticks ?? ticks) >= 5
		);
		if (burning.length > 0) return burning.map(({ pid }) => pid);
	}
}

let sandbox: Sandbox | null = null;
afterEach(async () => {
	await sandbox?.stop();
	sandbox = null;
});

describe.runIf(process.platform === 'linux')('R17 an abort', () => {
	test.each(WALLS)(
		'kills the whole process tree of the $name sandbox',
		async ({ make }) => {
			sandbox = await make();
			if (!sandbox) return;
			// What is prepared once for all calls is not the call's own and goes on after it.
			expect((await runCode(sandbox, 'python', 'pass')).ok).toBe(true);
			for (const [language, code] of [
				['javascript', 'console.log("in"); for (;;);'],
				['python', 'print("in", flush=True)\nwhile True: pass']
			] as const) {
				const stop = new AbortController();
				const running = runCode(sandbox, language, code, {
					signal: stop.signal,
					timeoutMs: 60_000
				});
				const loop = await busy();
				const asked = Date.now();
				stop.abort();
				expect(await running).toMatchObject({ ok: false, reason: 'cancelled' });
				let alive = loop;
				while (alive.length > 0 && Date.now() - asked < 10_000) {
					await pause();
					const now = new Map(processes().map((p) => [p.pid, p]));
					alive = loop.filter((pid) => !['Z', 'X', undefined].includes(now.get(pid)?.state));
				}
				expect([language, alive]).toEqual([language, []]);
				expect(Date.now() - asked).toBeLessThan(2000);
			}
		},
		90_000
	);
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientId } from '../../domain/ids';
import type { SandboxJob } from '../sandbox/sandbox';
import { createExecuteCode } from '../tools/execute-code';
import { call, gate, openStage, request, say, until } from './testing';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

/** A sandbox that only remembers what it was asked. */
function remembering() {
	const jobs: SandboxJob[] = [];
	const released: string[] = [];
	let told = 'old';
	return {
		jobs,
		released,
		tell: (text: string) => (told = text),
		guide: () => told,
		async run(job: SandboxJob) {
			jobs.push(job);
			const nothing = { stdout: '', stderr: '', error: null, files: [], refused: [] };
			return { ok: true, reason: null, durationMs: 1, ...nothing };
		},
		async release(run: string) {
			released.push(run);
		}
	};
}
const tools = ['execute_python'];

test('a run that is over lets go of its sandbox: completed, failed and cancelled', async () => {
	const sandbox = remembering();
	const reached = gate();
	const engine = stage.openEngine({
		sandbox,
		scripts: {
			fails: () => {
				throw new Error('broken');
			},
			waits: async function* ({ signal }) {
				yield { type: 'text', text: 'begun' };
				reached.open();
				await new Promise((resolve) => signal.addEventListener('abort', resolve));
				signal.throwIfAborted();
			}
		}
	});
	const completed = await engine.start(client, request({ a: [] }));
	expect((await engine.over(client, completed)).status).toBe('completed');
	const failed = await engine.start(client, request({ fails: [] }));
	expect((await engine.over(client, failed)).status).toBe('failed');
	const cancelled = await engine.start(client, request({ waits: [] }));
	await reached.opened;
	expect(sandbox.released).not.toContain(cancelled);
	await engine.stop(client, cancelled);
	expect((await engine.over(client, cancelled)).status).toBe('cancelled');
	await until(() => sandbox.released.length >= 3);
	expect(new Set(sandbox.released)).toEqual(new Set([completed, failed, cancelled]));
});

test('a sandbox that does not let go neither delays nor fails the end of its run', async () => {
	const sandbox = { ...remembering(), release: () => Promise.reject(new Error('cannot')) };
	const engine = stage.openEngine({ sandbox });
	const run = await engine.start(client, request({ a: [] }));
	expect(await engine.over(client, run)).toMatchObject({ status: 'completed', error: null });
});

test('code reaches the internet only where the workflow says so', async () => {
	const sandbox = remembering();
	const engine = stage.openEngine({
		sandbox,
		tools: [createExecuteCode('python', sandbox)],
		scripts: {
			a: ({ turn }) => (turn === 1 ? call(['execute_python', { code: '1' }]) : say('done'))
		}
	});
	const closed = await engine.start(client, request({ a: [] }, { tools }));
	await engine.over(client, closed);
	const open = await engine.start(client, {
		...request({ a: [] }, { tools }),
		allow_internet: true
	});
	await engine.over(client, open);
	expect(sandbox.jobs.map(({ runId, internet }) => [runId, internet])).toEqual([
		[closed, false],
		[open, true]
	]);
});

test('a model is told what the sandbox says now, not what it said first', async () => {
	const sandbox = remembering();
	const heard: string[] = [];
	const engine = stage.openEngine({
		sandbox,
		tools: [createExecuteCode('python', sandbox)],
		scripts: {
			a: ({ turn, request: { tools: given } }) => {
				heard.push(given[0]?.description ?? '');
				sandbox.tell('new');
				return turn === 1 ? call(['execute_python', { code: '1' }]) : say('done');
			}
		}
	});
	const run = await engine.start(client, request({ a: [] }, { tools }));
	await engine.over(client, run);
	const next = await engine.start(client, request({ a: [] }, { tools }));
	await engine.over(client, next);
	expect(heard[0]).toContain('old');
	expect(heard.at(-1)).toContain('new');
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseFileName } from '../../domain/file-name';
import type { ClientId } from '../../domain/ids';
import { ModelError, type ModelPart } from '../models/model';
import { call, gate, openStage, request, say, tool, until } from './testing';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

/** Streams something and then nothing, whatever the signal says. */
async function* deaf(reached: () => void): AsyncGenerator<ModelPart> {
	yield { type: 'text', text: 'begun' };
	reached();
	await new Promise(() => undefined);
}

test('R17 stop in the middle of a turn cancels at once, also with a model that does not listen', async () => {
	const reached = gate();
	const engine = stage.openEngine({ scripts: { a: () => deaf(reached.open) } });
	const run = await engine.start(client, request({ a: [], b: ['a'] }));
	await reached.opened;
	await engine.stop(client, run);
	const state = await engine.over(client, run);
	expect(state.status).toBe('cancelled');
	expect(state.steps.map((step) => step.status)).toEqual(['cancelled', 'cancelled']);
	expect(engine.view(run)).toMatchObject({ status: 'cancelled' });
	await expect(engine.stop(client, run)).rejects.toMatchObject({ code: 'conflict' });
});

test('R17 stop in the middle of a tool aborts it, and artifacts stay', async () => {
	const reached = gate();
	let aborted = false;
	const engine = stage.openEngine({
		tools: [
			tool('list_files', async (_, { signal }) => {
				reached.open();
				await new Promise((resolve) => signal.addEventListener('abort', resolve));
				aborted = true;
				throw signal.reason;
			}),
			tool('write_file', async () => ({
				ok: true,
				result: {},
				writes: [{ name: 'kept.txt' as never, bytes: new Uint8Array([1]) }],
				refused: []
			}))
		],
		scripts: { a: () => call(['write_file', {}], ['list_files', {}]) }
	});
	const tools = ['write_file', 'list_files'];
	const run = await engine.start(client, request({ a: [] }, { tools }));
	await reached.opened;
	await engine.stop(client, run);
	expect((await engine.over(client, run)).status).toBe('cancelled');
	expect(aborted).toBe(true);
	const kept = await engine.artifacts.get(client, run);
	expect(kept.artifacts.map((artifact) => artifact.filename)).toEqual(['kept.txt']);
	const calls = engine.view(run).steps[0]?.transcript.filter((item) => item.kind === 'tool');
	expect(calls?.map((item) => item.state)).toEqual(['ok', 'failed']);
});

test('stop ends a run that still waits in the queue', async () => {
	const hold = gate();
	const engine = stage.openEngine({
		config: { MAX_ACTIVE_RUNS: 1 },
		scripts: {
			a: async function* () {
				await hold.opened;
				yield* say('a');
			}
		}
	});
	const first = await engine.start(client, request({ a: [] }));
	const second = await engine.start(client, request({ b: [] }));
	expect((await engine.runs.state(client, second)).status).toBe('queued');
	await engine.stop(client, second);
	expect((await engine.runs.state(client, second)).status).toBe('cancelled');
	hold.open();
	expect((await engine.over(client, first)).status).toBe('completed');
	expect(stage.asked).toEqual(['a:1']);
});

test('stopAll ends every run of one client and of nobody else', async () => {
	const hold = gate();
	const waits = async function* () {
		await hold.opened;
		yield* say('ok');
	};
	const engine = stage.openEngine({ scripts: { a: waits } });
	const other = await stage.addClient();
	const mine = await engine.start(client, request({ a: [] }));
	const theirs = await engine.start(other, request({ a: [] }));
	await engine.stopAll(client);
	expect((await engine.runs.state(client, mine)).status).toBe('cancelled');
	hold.open();
	expect((await engine.over(other, theirs)).status).toBe('completed');
});

test('R34 what another client does to a run is answered as if it did not exist', async () => {
	const engine = stage.openEngine();
	const run = await engine.start(client, request({ a: [] }));
	const stranger = await stage.addClient();
	await expect(engine.stop(stranger, run)).rejects.toMatchObject({ code: 'not_found' });
	await expect(engine.resume(stranger, run)).rejects.toMatchObject({ code: 'not_found' });
	await engine.over(client, run);
	await expect(engine.stop(stranger, run)).rejects.toMatchObject({ code: 'not_found' });
});

test('R18 each limit ends in a named reason', async () => {
	const cases = [
		{ code: 'model_idle_timeout', config: { MODEL_IDLE_TIMEOUT_S: 0.05 } },
		{ code: 'step_timeout', config: { STEP_TIMEOUT_S: 0.05 } },
		{ code: 'run_timeout', config: { RUN_TIMEOUT_S: 0.05 } }
	];
	for (const { code, config } of cases) {
		const engine = stage.openEngine({ config, scripts: { a: () => deaf(() => undefined) } });
		const run = await engine.start(client, request({ a: [], b: ['a'] }));
		const state = await engine.over(client, run);
		expect(state.status).toBe('failed');
		expect(state.steps[0]?.error?.code).toBe(code);
		expect(state.skipped_agents).toEqual(['b']);
		expect(state.error?.message).toContain('"a"');
	}
});

test("R18 a run's own timeout_ms shortens the server's limit", async () => {
	const engine = stage.openEngine({ scripts: { a: () => deaf(() => undefined) } });
	const run = await engine.start(client, request({ a: [] }, { timeout_ms: 30 }));
	expect((await engine.over(client, run)).error?.code).toBe('run_timeout');
});

test('R18 a tool that does not end is ended and the model is told', async () => {
	let told: unknown;
	const engine = stage.openEngine({
		config: { TOOL_TIMEOUT_S: 0.02 },
		tools: [tool('list_files', () => new Promise(() => undefined))],
		scripts: {
			a: ({ turn, request }) => {
				const last = request.messages.at(-1);
				if (last?.role === 'tool') told = last.results[0]?.result;
				return turn === 1 ? call(['list_files', {}]) : say('ok');
			}
		}
	});
	const run = await engine.start(client, request({ a: [] }, { tools: ['list_files'] }));
	expect((await engine.over(client, run)).status).toBe('completed');
	expect(told).toMatchObject({ reason: 'tool_timeout' });
});

test('R18 too many rounds of tools fail the step', async () => {
	const engine = stage.openEngine({
		config: { MAX_TOOL_ROUNDS: 3 },
		scripts: { a: () => call(['write_file', { filename: 'x.txt', content: 'x' }]) }
	});
	const run = await engine.start(client, request({ a: [] }));
	const state = await engine.over(client, run);
	expect(state.steps[0]?.error?.code).toBe('tool_round_limit');
	expect(state.steps[0]?.turns).toBe(4);
});

test('R18 R21 a used-up token budget ends the run, and resuming says why it cannot', async () => {
	// The second turn takes more than it was allowed to.
	const used = (turn: number) => ({ input_tokens: 300, output_tokens: turn ** 10, cost_usd: null });
	const write: [string, unknown] = ['write_file', { filename: 'x.txt', content: 'x' }];
	const engine = stage.openEngine({ scripts: { a: ({ turn }) => call(write, used(turn)) } });
	const asked = request({ a: [], b: ['a'] }, { max_token_budget: 1500 });
	const run = await engine.start(client, asked);
	const state = await engine.over(client, run);
	expect(state.error?.code).toBe('token_budget');
	expect(state.total_tokens_used).toBe(1625);
	expect(state.error?.message).toContain('used up (1625 tokens used)');
	expect(state.skipped_agents).toEqual(['b']);
	await expect(engine.resume(client, run)).rejects.toMatchObject({ code: 'conflict' });
});

test('asks a model again after a failure that may pass, and shows its text once', async () => {
	let tries = 0;
	const engine = stage.openEngine({
		scripts: {
			a: function* () {
				yield { type: 'text', text: 'x'.repeat(3000) };
				tries += 1;
				if (tries < 3) throw new ModelError('model_unavailable', 'The model is busy.', true);
				yield* say('!');
			}
		}
	});
	const run = await engine.start(client, request({ a: [] }));
	const state = await engine.over(client, run);
	expect(state.status).toBe('completed');
	expect(tries).toBe(3);
	const shown = engine.view(run).steps[0]?.transcript ?? [];
	expect(shown.filter((item) => item.kind === 'log')).toHaveLength(2);
	expect(shown.filter((item) => item.kind === 'text')).toMatchObject([
		{ text: state.steps[0]?.answer }
	]);
});

test('a model that refuses, or stays away, fails the step with its reason', async () => {
	const engine = stage.openEngine({
		scripts: {
			a: () => {
				throw new ModelError('model_refused', 'The model refused to answer.', false);
			},
			b: () => {
				throw new ModelError('model_unavailable', 'The model is busy.', true);
			}
		}
	});
	const run = await engine.start(client, request({ a: [], b: [] }));
	const state = await engine.over(client, run);
	expect(state.steps.map((step) => step.error)).toEqual([
		{ code: 'model_refused', message: 'The model refused to answer.' },
		{ code: 'model_unavailable', message: 'The model is busy.' }
	]);
	expect(stage.asked.filter((asked) => asked === 'b:1')).toHaveLength(3);
});

test('R21 resume retries what failed and was skipped, and keeps what is completed', async () => {
	let broken = true;
	const engine = stage.openEngine({
		scripts: {
			b: () => {
				if (broken) throw new ModelError('model_refused', 'Not now.', false);
				return say('better');
			}
		}
	});
	const run = await engine.start(client, request({ a: [], b: ['a'], c: ['b'] }));
	expect((await engine.over(client, run)).status).toBe('failed');
	broken = false;
	await engine.resume(client, run);
	const state = await engine.over(client, run);
	expect(state.status).toBe('completed');
	expect(state.steps.map((step) => step.attempt)).toEqual([1, 2, 1]);
	expect(stage.asked).toEqual(['a:1', 'b:1', 'b:1', 'c:1']);
	expect(state.error).toBeNull();
	expect(engine.view(run)).toMatchObject({ status: 'completed', error: null });
	const log = engine.log(run);
	expect(log.map((event) => event.seq)).toEqual(log.map((_, index) => index + 1));
	await expect(engine.resume(client, run)).rejects.toMatchObject({ code: 'conflict' });
});

test('R21 resume is refused while the run is active and once its session is gone', async () => {
	const reached = gate();
	const engine = stage.openEngine({
		now: () => new Date(clock),
		scripts: { a: () => deaf(reached.open) }
	});
	let clock = Date.parse('2026-11-21T12:00:00Z');
	const run = await engine.start(client, request({ a: [] }));
	await reached.opened;
	await expect(engine.resume(client, run)).rejects.toMatchObject({ code: 'conflict' });
	await engine.sessions.sweep();
	expect((await engine.sessions.listFiles(client, run)).input).toEqual([]);
	await engine.stop(client, run);
	await until(async () => (await engine.runs.state(client, run)).status === 'cancelled');
	clock += 25 * 3_600_000;
	await engine.sessions.sweep();
	await expect(engine.resume(client, run)).rejects.toMatchObject({ code: 'gone' });
	await expect(engine.sessions.listFiles(client, run)).rejects.toMatchObject({ code: 'gone' });
});

test('R21 what a person has deleted stays deleted when the run is resumed, unless it is written anew', async () => {
	let broken = true;
	const write = (...names: string[]) =>
		call(
			...names.map((filename): [string, unknown] => ['write_file', { filename, content: 'same' }])
		);
	const engine = stage.openEngine({
		scripts: {
			a: ({ turn }) => (turn === 1 ? write('keep.txt', 'drop.txt', 'again.txt') : say('written')),
			b: ({ turn }) => {
				if (broken) throw new ModelError('model_refused', 'Not now.', false);
				return turn === 1 ? write('again.txt', 'new.txt') : say('written');
			}
		}
	});
	const run = await engine.start(client, request({ a: [], b: ['a'], c: ['b'] }));
	expect((await engine.over(client, run)).status).toBe('failed');
	for (const name of ['drop.txt', 'again.txt'])
		await engine.artifacts.removeFile(client, run, parseFileName(name));
	broken = false;
	await engine.resume(client, run);
	expect((await engine.over(client, run)).status).toBe('completed');
	const { artifacts } = await engine.artifacts.get(client, run);
	expect(artifacts.map((file) => [file.filename, file.agent_id]).sort()).toEqual([
		['again.txt', 'b'],
		['keep.txt', 'a'],
		['new.txt', 'b']
	]);
});

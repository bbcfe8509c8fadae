import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientId, RunId } from '../../domain/ids';
import { decisionSchema } from '../../domain/workflow';
import { artifacts, runs } from '../db/schema';
import type { ModelPart } from '../models/model';
import { call, gate, openStage, request, say, until, writingTool, type Script } from './testing';
import { asking, asks, callOnce, counted } from './testing-approval';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

type Engine = ReturnType<typeof stage.openEngine>;

const HOUR = 3_600_000;
const needsCall = { a: { tools_requiring_approval: ['list_files'] } };
const needsAgent = { a: { requires_approval: true } };
const yes = decisionSchema.parse({ agent_id: 'a', approved: true });
const statusOf = async (engine: Engine, run: RunId) =>
	(await engine.runs.state(client, run)).steps.map((step) => step.status);

/** A clock that only moves when it is told to. */
function stopped(): { now: () => Date; pass(ms: number): void } {
	let at = Date.parse('2026-03-01T00:00:00Z');
	return {
		now: () => new Date(at),
		pass(ms) {
			at += ms;
		}
	};
}

async function* silent(): AsyncGenerator<ModelPart> {
	yield { type: 'progress' };
	await new Promise(() => undefined);
}

test('R20 forty runs that wait hold no place: another one begins and ends', async () => {
	const released: string[] = [];
	const engine = stage.openEngine({
		config: { MAX_ACTIVE_RUNS: 2, MAX_ACTIVE_RUNS_PER_CLIENT: 2, MAX_PARALLEL_STEPS: 2 },
		tools: [counted([])],
		scripts: { a: callOnce() },
		sandbox: {
			release: async (run) => {
				released.push(run);
			}
		}
	});
	const waiting: RunId[] = [];
	for (let i = 0; i < 40; i += 1)
		waiting.push(await engine.start(client, asking({ a: [], b: ['a'] }, needsCall)));
	for (const run of waiting) await asks(engine, run);
	await until(() => released.length === 40);
	expect([...released].sort()).toEqual([...waiting].sort());

	const other = await engine.start(client, request({ z: [] }));
	expect((await engine.over(client, other)).status).toBe('completed');

	// Decided all at once, they take their turn: never more than two go on.
	let most = 0;
	for (const run of waiting) await engine.approve(client, run, yes);
	await until(() => {
		const going = stage.db.raw
			.prepare(
				`select count(distinct run_id) from steps where status = 'running' and run_id in (
					select id from runs where waiting_since is null and status = 'running')`
			)
			.pluck()
			.get();
		most = Math.max(most, Number(going));
		return waiting.every((run) => engine.runs.standing(run)?.status === 'completed');
	});
	expect(most).toBeLessThanOrEqual(2);
});

test('R20 other steps of the run go on, and give their place to nobody who waits', async () => {
	const hold = gate();
	const engine = stage.openEngine({
		config: { MAX_PARALLEL_STEPS: 1, MAX_ACTIVE_RUNS: 1 },
		scripts: {
			b: async function* () {
				await hold.opened;
				yield* say('b');
			}
		}
	});
	const run = await engine.start(client, asking({ a: [], b: [], c: ['b'] }, needsAgent));
	await until(() => stage.asked.includes('b:1'));
	expect(await statusOf(engine, run)).toEqual(['awaiting_approval', 'running', 'waiting']);
	expect((await engine.runs.state(client, run)).status).toBe('awaiting_approval');
	await engine.approve(client, run, yes);
	expect((await engine.runs.state(client, run)).status).toBe('running');
	expect(engine.view(run).status).toBe('running');
	hold.open();
	expect((await engine.over(client, run)).status).toBe('completed');
});

test('R20 R18 the time limits of run and step stand still while a person is waited for', async () => {
	const clock = stopped();
	const engine = stage.openEngine({
		now: clock.now,
		tools: [counted([])],
		config: { RUN_TIMEOUT_S: 60, STEP_TIMEOUT_S: 60 },
		scripts: { a: callOnce() }
	});
	const run = await engine.start(client, asking({ a: [], b: ['a'] }, needsCall));
	await asks(engine, run);
	clock.pass(200 * HOUR);
	await engine.approve(client, run, yes);
	expect((await engine.over(client, run)).status).toBe('completed');
	expect(stage.db.q.select().from(runs).get()).toMatchObject({
		waitedMs: 200 * HOUR,
		waitingSince: null
	});
});

test.each([
	['run', { RUN_TIMEOUT_S: 60 }, 'run_timeout'],
	['step', { STEP_TIMEOUT_S: 60 }, 'step_timeout']
])('R20 R18 the time of the %s goes on from where it stood', async (_, config, code) => {
	const clock = stopped();
	const engine = stage.openEngine({
		now: clock.now,
		tools: [counted([])],
		config,
		scripts: {
			a: async function* ({ turn }) {
				if (turn > 1) yield* silent();
				clock.pass(59_900);
				yield* call(['list_files', {}]);
			}
		}
	});
	const run = await engine.start(client, asking({ a: [] }, needsCall));
	await asks(engine, run);
	clock.pass(HOUR);
	await engine.approve(client, run, yes);
	const state = await engine.over(client, run);
	expect(state.steps[0]?.error?.code).toBe(code);
	expect(state.status).toBe('failed');
});

test('R20 R17 stop cancels what waits: alone, beside others, and decided but not begun', async () => {
	const hold = gate();
	const busy: Script = async function* () {
		await hold.opened;
		yield* say('busy');
	};
	const engine = stage.openEngine({
		config: { MAX_ACTIVE_RUNS: 1, MAX_PARALLEL_STEPS: 1 },
		scripts: { busy }
	});
	const alone = await engine.start(client, asking({ a: [], b: ['a'] }, needsAgent));
	const decided = await engine.start(client, asking({ a: [], b: ['a'] }, needsAgent));
	await asks(engine, decided);
	const beside = await engine.start(client, asking({ a: [], busy: [] }, needsAgent));
	await until(() => stage.asked.includes('busy:1'));
	await engine.approve(client, decided, yes);
	expect((await engine.runs.state(client, decided)).status).toBe('running');
	for (const run of [alone, decided, beside]) {
		await engine.stop(client, run);
		await expect(engine.approve(client, run, yes)).rejects.toMatchObject({ code: 'conflict' });
		const state = await engine.over(client, run);
		expect(state.status).toBe('cancelled');
		expect(state.steps.map((step) => step.status)).toEqual(['cancelled', 'cancelled']);
		expect(engine.view(run)).toMatchObject({ status: 'cancelled' });
		expect(engine.view(run).steps.map((step) => step.approval)).toEqual([null, null]);
	}
	expect(stage.asked).toEqual(['busy:1']);
	// The place that was never taken is not given back twice.
	const next = await engine.start(client, request({ z: [] }));
	expect((await engine.over(client, next)).status).toBe('completed');
});

test('R17 stop ends a step that was decided, while another has its place', async () => {
	const hold = gate();
	const reached = gate();
	const engine = stage.openEngine({
		config: { MAX_PARALLEL_STEPS: 1, MAX_ACTIVE_RUNS: 1 },
		scripts: {
			b: async function* () {
				reached.open();
				await hold.opened;
				yield* say('b');
			}
		}
	});
	const run = await engine.start(client, asking({ a: [], b: [] }, needsAgent));
	await reached.opened;
	await engine.approve(client, run, yes);
	await engine.stop(client, run);
	expect((await engine.over(client, run)).status).toBe('cancelled');
	expect(await statusOf(engine, run)).toEqual(['cancelled', 'cancelled']);
});

test('R17 R20 whatever moment a stop comes at, around asking and deciding, the run ends', async () => {
	const both = { a: { requires_approval: true, tools_requiring_approval: ['list_files'] } };
	const engine = stage.openEngine({ tools: [counted([])], scripts: { a: callOnce() } });
	const ends = new Set<string>();
	for (let moment = 0; moment < 60; moment += 1) {
		const run = await engine.start(client, asking({ a: [], b: ['a'] }, both));
		let left = moment;
		await until(() => {
			const waits = engine.view(run).steps[0]?.status === 'awaiting_approval';
			if (waits && left > 0) void engine.approve(client, run, yes).catch(() => undefined);
			return (left -= 1) < 0;
		});
		await engine.stop(client, run).catch(() => undefined);
		const state = await engine.over(client, run);
		ends.add(`${state.status} at turn ${state.steps[0]?.turns}`);
		expect(engine.view(run).status).toBe(state.status);
	}
	expect([...ends]).toEqual(expect.arrayContaining(['cancelled at turn 0', 'cancelled at turn 1']));
});

test('deleting a client stops what waits', async () => {
	const engine = stage.openEngine();
	const run = await engine.start(client, asking({ a: [] }, needsAgent));
	await asks(engine, run);
	await engine.stopAll(client);
	expect((await engine.runs.state(client, run)).status).toBe('cancelled');
});

test('R18 a budget that is used up skips what waits, and resume asks again', async () => {
	const late = gate();
	const hold = gate();
	const engine = stage.openEngine({
		scripts: {
			d: async function* () {
				await hold.opened;
				yield* say('d');
			},
			b: async function* () {
				await late.opened;
				for (const part of call(['write_file', { filename: 'b.txt', content: 'b' }]))
					yield part.type === 'end'
						? { ...part, usage: { input_tokens: 9_000, output_tokens: 0, cost_usd: null } }
						: part;
			}
		}
	});
	const budget = { max_token_budget: 5_000 };
	const run = await engine.start(
		client,
		asking(
			{ a: [], b: [], c: ['a'], d: [] },
			{ ...needsAgent, d: { model: 'builtin:analyst' } },
			budget
		)
	);
	await asks(engine, run);
	await until(() => stage.asked.includes('d:1'));
	late.open();
	await until(() => engine.view(run).steps[0]?.status === 'skipped');
	// Nothing waits for a person any more, and something still goes on.
	expect((await engine.runs.state(client, run)).status).toBe('running');
	expect(engine.view(run).status).toBe('running');
	hold.open();
	const state = await engine.over(client, run);
	expect(state).toMatchObject({ status: 'failed', error: { code: 'token_budget' } });
	expect(Object.fromEntries(state.steps.map((step) => [step.agent_id, step.status]))).toEqual({
		a: 'skipped',
		b: 'failed',
		c: 'skipped',
		d: 'completed'
	});
	expect(engine.view(run)).toMatchObject({ status: 'failed' });
	await stage.db.write(() => {
		const row = stage.db.q.select().from(runs).where(eq(runs.id, run)).get();
		const config = { ...(row?.config as object), max_token_budget: 100_000 };
		stage.db.q.update(runs).set({ config }).where(eq(runs.id, run)).run();
	});
	await engine.resume(client, run);
	expect((await asks(engine, run)).attempt).toBe(2);
	await engine.stop(client, run);
});

test('R28 R29 what waits is active: nothing of it expires, and it cannot be deleted', async () => {
	const clock = stopped();
	const engine = stage.openEngine({
		now: clock.now,
		tools: [counted([]), writingTool()],
		scripts: {
			a: ({ turn }) =>
				turn === 1
					? call(['write_file', { filename: 'kept.txt', content: 'x' }], ['list_files', {}])
					: say('done')
		}
	});
	const run = await engine.start(client, asking({ a: [] }, needsCall));
	await asks(engine, run);
	clock.pass(10_000 * HOUR);
	await engine.artifacts.sweep();
	await engine.sessions.sweep();
	await engine.sessions.reconcile();
	await expect(engine.runs.remove(client, run)).rejects.toMatchObject({ code: 'conflict' });
	expect(await engine.artifacts.get(client, run)).toMatchObject({ expires_at: null });
	expect((await engine.sessions.listFiles(client, run)).output).toHaveLength(1);
	await engine.approve(client, run, yes);
	expect((await engine.over(client, run)).status).toBe('completed');
	expect(stage.db.q.select().from(artifacts).all()).toHaveLength(1);
});

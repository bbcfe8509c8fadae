import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientId, RunId } from '../../domain/ids';
import { isActive } from '../../domain/run';
import { decisionSchema } from '../../domain/workflow';
import type { Db } from '../db/client';
import { approvals, runs, steps } from '../db/schema';
import {
	call,
	gate,
	mortal,
	openStage,
	request,
	say,
	tool,
	until,
	writingTool,
	type Script
} from './testing';
import { KILLED, killAtEveryWrite } from './testing-moments';
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
const needsBoth = { a: { requires_approval: true, tools_requiring_approval: ['list_files'] } };
const yes = decisionSchema.parse({ agent_id: 'a', approved: true });

/** A person who agrees to everything, until the run is over or they go away. */
async function agreeing(engine: Engine, run: RunId, gone: () => boolean): Promise<void> {
	await until(async () => {
		if (gone() || !isActive(engine.runs.standing(run)?.status ?? 'failed')) return true;
		if (engine.view(run).steps[0]?.approval) await engine.approve(client, run, yes);
		return false;
	});
}

/** What must hold of the rows whenever a process is killed. */
function expectWhole(db: Db): void {
	const asked = db.q.select().from(approvals).all();
	for (const step of db.q.select().from(steps).all()) {
		const open = asked.filter((row) => row.agentId === step.agentId && row.decidedAt === null);
		expect(open).toHaveLength(step.status === 'awaiting_approval' ? 1 : 0);
	}
	const waits = db.q.select().from(steps).where(eq(steps.status, 'awaiting_approval')).all();
	for (const run of db.q.select().from(runs).all()) {
		expect(run.status === 'awaiting_approval').toBe(waits.length > 0);
		if (waits.length > 0) expect(run.waitingSince).not.toBeNull();
		const log = db.raw.prepare('select type from run_events where run_id = ?').pluck().all(run.id);
		const count = (type: string) => log.filter((found) => found === type).length;
		expect(count('approval_requested')).toBe(asked.length);
		expect(count('approval_given')).toBe(asked.filter((row) => row.decidedAt !== null).length);
	}
}

test.each(KILLED)(
	'R20 R16 every moment of asking and deciding is one to be killed at: %s',
	async (_, midway) => {
		const script: Script = ({ turn }) =>
			turn === 1
				? call(['write_file', { filename: 'x.txt', content: 'x' }], ['list_files', { odd: 1 }])
				: say('done');
		const ran: unknown[] = [];
		const options = { tools: [counted(ran), writingTool()], scripts: { a: script } };
		const live = async (db: Db, killed: () => boolean) => {
			ran.length = 0;
			const first = stage.openEngine({ ...options, killed: true }, db);
			const run = await first.start(client, asking({ a: [], b: ['a'] }, needsBoth));
			return agreeing(first, run, killed);
		};
		await killAtEveryWrite(stage.db, midway, live, async () => {
			expectWhole(stage.db);
			const second = stage.openEngine(options);
			await second.open();
			for (const { id } of stage.db.q.select().from(runs).all()) {
				const run = id as RunId;
				const seen = second.runs.standing(run)?.status;
				if (seen !== 'queued') expect(second.view(run).status).toBe(seen);
				await agreeing(second, run, () => false);
				const state = await second.over(client, run);
				expect(state.status).toBe('completed');
				expect(state.total_tokens_used).toBe(45);
				// Asked once for each thing, and nothing was asked of the model again that was recorded.
				const items = second.view(run).steps[0]?.transcript ?? [];
				expect(items.filter((i) => i.kind === 'approval').map((i) => i.approved)).toEqual([
					true,
					true
				]);
				expect(items.flatMap((i) => (i.kind === 'tool' ? [`${i.tool} ${i.state}`] : []))).toEqual([
					'write_file ok',
					'list_files ok'
				]);
				expect(ran.at(-1)).toEqual({ input: { odd: 1 }, names: ['x.txt'] });
			}
			await second.close();
			expectWhole(stage.db);
			await stage.db.write(() => stage.db.q.delete(runs).run());
		});
	}
);

test('R20 what waits survives restarts: nothing is written, no place is held, the call is the same', async () => {
	const scripts = { a: callOnce({ exact: ['this'] }) };
	const first = stage.openEngine({ scripts, tools: [counted([])] });
	const waiting: RunId[] = [];
	for (let i = 0; i < 3; i += 1)
		waiting.push(await first.start(client, asking({ a: [], b: ['a'] }, needsCall)));
	for (const run of waiting) await asks(first, run);
	await first.close();
	const [one] = waiting;
	if (!one) throw new Error('none');
	const before = first.log(one);
	const between = stage.openEngine({ config: { MAX_ACTIVE_RUNS: 1 } });
	await between.open();
	const other = await between.start(client, request({ z: [] }));
	expect((await between.over(client, other)).status).toBe('completed');
	await between.close();

	const ran: unknown[] = [];
	const last = stage.openEngine({
		tools: [counted(ran)],
		scripts: { a: ({ turn }) => (turn === 1 ? say('never asked again') : say('done')) }
	});
	await last.open();
	expect(last.log(one)).toEqual(before);
	expect(last.view(one).steps[0]?.approval?.arguments).toEqual({ exact: ['this'] });
	await last.approve(client, one, yes);
	const state = await last.over(client, one);
	expect(state).toMatchObject({ status: 'completed' });
	expect(state.steps[0]).toMatchObject({ attempt: 1, answer: 'done' });
	expect(ran).toEqual([{ input: { exact: ['this'] }, names: [] }]);
	const types = last.log(one).filter((event) => event.agent_id === 'a');
	expect(types.filter((event) => event.type === 'step_started')).toHaveLength(1);
	for (const run of waiting.slice(1)) await last.stop(client, run);
});

test('R20 killed right after the decision, what was approved is done by the next server', async () => {
	const life = mortal(stage.db);
	const scripts = { a: callOnce() };
	const first = stage.openEngine({ killed: true, scripts, tools: [counted([])] }, life.db);
	const run = await first.start(client, asking({ a: [] }, needsCall));
	await asks(first, run);
	const deciding = first.approve(client, run, yes);
	// The next write would be the claim.
	void deciding.then(() => life.kill());
	await deciding;
	const ran: unknown[] = [];
	const second = stage.openEngine({ scripts, tools: [counted(ran)] });
	await second.open();
	expect((await second.over(client, run)).status).toBe('completed');
	expect(ran).toHaveLength(1);
	expect(stage.asked).toEqual(['a:1', 'a:2']);
});

test('R20 killed in the middle of the approved call, it is made again without asking again', async () => {
	const life = mortal(stage.db);
	const reached = gate();
	const scripts = { a: callOnce() };
	const hangs = tool('list_files', async () => {
		reached.open();
		return new Promise(() => undefined);
	});
	const first = stage.openEngine({ killed: true, scripts, tools: [hangs] }, life.db);
	const run = await first.start(client, asking({ a: [] }, needsCall));
	await asks(first, run);
	await first.approve(client, run, yes);
	await reached.opened;
	life.kill();
	const ran: unknown[] = [];
	const second = stage.openEngine({ scripts, tools: [counted(ran)] });
	await second.open();
	expect((await second.over(client, run)).status).toBe('completed');
	expect(ran).toHaveLength(1);
	expect(stage.db.q.select().from(approvals).all()).toHaveLength(1);
	const calls = second.view(run).steps[0]?.transcript.filter((item) => item.kind === 'tool');
	expect(calls).toMatchObject([{ state: 'ok' }]);
});

test('R20 a refusal whose server was killed is read by the model of the next one', async () => {
	const life = mortal(stage.db);
	const scripts = { a: callOnce() };
	const first = stage.openEngine({ killed: true, scripts, tools: [counted([])] }, life.db);
	const run = await first.start(client, asking({ a: [] }, needsCall));
	await asks(first, run);
	const deciding = first.approve(client, run, { ...yes, approved: false, note: 'No.' });
	void deciding.then(() => life.kill());
	await deciding;
	const ran: unknown[] = [];
	const second = stage.openEngine({ scripts, tools: [counted(ran)] });
	await second.open();
	expect((await second.over(client, run)).steps[0]?.answer).toBe(
		'{"error":"A person refused this call. Note: No."}'
	);
	expect(ran).toEqual([]);
});

test('R20 many decided runs take their turn after a restart, too', async () => {
	const first = stage.openEngine({ scripts: { a: callOnce() }, tools: [counted([])] });
	const decided: RunId[] = [];
	for (let i = 0; i < 5; i += 1)
		decided.push(await first.start(client, asking({ a: [] }, needsCall)));
	for (const run of decided) await asks(first, run);
	await first.close();
	// Closed, it takes decisions and begins nothing: as if it were killed right after them.
	for (const run of decided) await first.approve(client, run, yes);
	let going = 0;
	let most = 0;
	const slow = tool('list_files', async () => {
		most = Math.max(most, (going += 1));
		for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
		going -= 1;
		return { ok: true, result: {}, writes: [], refused: [] };
	});
	const config = { MAX_ACTIVE_RUNS: 1, MAX_PARALLEL_STEPS: 4 };
	const second = stage.openEngine({ scripts: { a: callOnce() }, tools: [slow], config });
	await second.open();
	for (const run of decided) expect((await second.over(client, run)).status).toBe('completed');
	expect(most).toBe(1);
});

test('R20 R18 neither waiting nor the time without a server counts', async () => {
	let at = Date.parse('2026-03-01T00:00:00Z');
	const now = () => new Date(at);
	const options = {
		now,
		config: { RUN_TIMEOUT_S: 60 },
		tools: [counted([])],
		scripts: { a: callOnce() }
	};
	const reached = gate();
	const hangs = tool('list_files', async (_, { signal }) => {
		reached.open();
		return new Promise((_resolve, reject) =>
			signal.addEventListener('abort', () => reject(signal.reason))
		);
	});
	const first = stage.openEngine({ ...options, tools: [hangs] });
	const run = await first.start(client, asking({ a: [], b: ['a'] }, needsCall));
	await asks(first, run);
	at += HOUR;
	await first.approve(client, run, yes);
	await reached.opened;
	await first.close();
	at += HOUR;
	const second = stage.openEngine({ ...options, tools: [counted([])] });
	await second.open();
	expect((await second.over(client, run)).status).toBe('completed');
	expect(stage.db.q.select().from(runs).get()).toMatchObject({ waitedMs: 2 * HOUR });
});

test('R17 a run that was being stopped while it waited ends cancelled at the next start', async () => {
	const first = stage.openEngine({ scripts: { a: callOnce() }, tools: [counted([])] });
	const run = await first.start(client, asking({ a: [], b: ['a'] }, needsCall));
	await asks(first, run);
	await first.close();
	await stage.db.write(() => stage.db.q.update(runs).set({ stopRequested: true }).run());
	await expect(first.approve(client, run, yes)).rejects.toMatchObject({ code: 'conflict' });
	const second = stage.openEngine();
	await second.open();
	const state = await second.over(client, run);
	expect(state.status).toBe('cancelled');
	expect(state.steps.map((step) => step.status)).toEqual(['cancelled', 'cancelled']);
});

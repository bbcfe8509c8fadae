import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientId, RunId } from '../../domain/ids';
import type { Db } from '../db/client';
import { runs, steps, turns } from '../db/schema';
import { call, openStage, request, say, until } from './testing';
import { KILLED, failEveryFlush, killAtEveryWrite } from './testing-moments';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

/** What must hold of the rows whenever a process is killed. */
function expectWhole(db: Db, graph: Record<string, string[]>): void {
	const rows = db.q.select().from(steps).all();
	const statusOf = (run: string, agent: string) =>
		rows.find((row) => row.runId === run && row.agentId === agent)?.status;
	for (const { runId, agentId, status, turns: counted } of rows) {
		const of = { run: runId, agent: agentId };
		const recorded = db.raw
			.prepare('select count(*) from turns where run_id = @run and agent_id = @agent')
			.pluck()
			.get(of);
		const log = db.raw
			.prepare('select type from run_events where run_id = @run and agent_id = @agent')
			.pluck()
			.all(of);
		expect(recorded).toBe(counted);
		expect(log.includes('step_finished')).toBe(status === 'completed');
		expect(log.includes('step_started')).toBe(status !== 'waiting');
		if (status !== 'waiting')
			for (const before of graph[agentId] ?? []) expect(statusOf(runId, before)).toBe('completed');
	}
	for (const { id, lastEvent } of db.q.select().from(runs).all())
		expect(
			db.raw.prepare('select seq from run_events where run_id = ? order by seq').pluck().all(id)
		).toEqual(Array.from({ length: lastEvent }, (_, index) => index + 1));
}

test.each(KILLED)('R16 every moment of a run is one it can be killed at: %s', async (_, midway) => {
	const graph = { a: [], b: ['a'], c: ['b'], d: ['b'] };
	const script = ({ turn }: { turn: number }) =>
		turn === 1
			? call(
					['write_file', { filename: 'x.txt', content: 'x' }],
					['write_file', { filename: 'y.txt', content: 'y' }]
				)
			: say('done');
	const scripts = { a: script, b: script };
	const live = async (db: Db) => {
		const first = stage.openEngine({ killed: true, scripts }, db);
		return first.over(client, await first.start(client, request(graph)));
	};
	await killAtEveryWrite(stage.db, midway, live, async () => {
		expectWhole(stage.db, graph);
		const second = stage.openEngine({ scripts });
		await second.open();
		for (const row of stage.db.q.select().from(runs).all()) {
			const run = row.id as RunId;
			const state = await second.over(client, run);
			expect(state.status).toBe('completed');
			expect(state.total_tokens_used).toBe(90);
			const { artifacts } = await second.artifacts.get(client, run);
			expect(artifacts.map((a) => a.filename).sort()).toEqual(['x.txt', 'y.txt']);
			const view = second.view(run);
			for (const step of view.steps) {
				const kinds = step.transcript.filter((i) => i.kind === 'tool' || i.kind === 'text');
				expect(kinds.map((item) => item.kind)).toEqual(
					step.agent_id < 'c' ? ['tool', 'tool', 'text'] : ['text']
				);
			}
		}
		await second.close();
		expectWhole(stage.db, graph);
	});
});

test('R16 whatever flush fails, what it was for is done again without a restart', async () => {
	const graph = { a: [], b: ['a'], c: ['a'] };
	await failEveryFlush(stage.db, async (flaky) => {
		const engine = stage.openEngine({}, flaky);
		await engine.open();
		const run = await engine.start(client, request(graph));
		expect((await engine.over(client, run)).status).toBe('completed');
		expectWhole(stage.db, graph);
		await engine.close();
	});
});

test('R16 a hop of a chain is one write: the answer, the end, and the next claim', async () => {
	const ids = Array.from({ length: 10 }, (_, i) => `a${i}`);
	const chain = Object.fromEntries(ids.map((id, i) => [id, i === 0 ? [] : [`a${i - 1}`]]));
	const engine = stage.openEngine();
	const onDisk = new Set<string>();
	const other = stage.openSecondDb();
	const watch = stage.db.raw.prepare('select count(*) from run_events').pluck();
	const states = other.raw
		.prepare('select group_concat(status) from (select status from steps order by position)')
		.pluck();
	const run = await engine.start(client, request(chain));
	let seen: unknown = 0;
	await until(() => {
		const now = watch.get();
		if (now !== seen) onDisk.add(String(states.get()));
		seen = now;
		return engine.runs.standing(run)?.status === 'completed';
	});
	// After its first step, which looks at the output, each state of the chain has one step going on.
	for (const state of [...onDisk].filter((row) => !row.startsWith('waiting')))
		expect(state.split(',').filter((status) => status === 'running')).toHaveLength(
			state.endsWith('completed') ? 0 : 1
		);
	expect(stage.db.q.select().from(turns).all()).toHaveLength(10);
});

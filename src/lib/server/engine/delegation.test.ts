import { desc } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientId, RunId } from '../../domain/ids';
import type { Agent, StartRequest } from '../../domain/workflow';
import type { Db } from '../db/client';
import { runEvents, runs, steps } from '../db/schema';
import { ModelError } from '../models/model';
import { call, gate, openStage, request, say, until, type Script } from './testing';
import { KILLED, killAtEveryWrite } from './testing-moments';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

type Engine = ReturnType<typeof stage.openEngine>;

/** `lead` may delegate; so may those whose options say so. */
function team(
	graph: Record<string, string[]>,
	more: Record<string, Partial<Agent>> = {}
): StartRequest {
	const plain = request(graph);
	const agents = plain.agents?.map((agent) => ({
		...agent,
		allow_delegation: agent.id === 'lead',
		...more[agent.id]
	}));
	return { ...plain, agents };
}

const asked = (relation: 'child' | 'sibling', ...agents: (string | Record<string, unknown>)[]) => ({
	relation,
	agents: agents.map((agent) =>
		typeof agent === 'string' ? { id: agent, prompt: 'Do.' } : { prompt: 'Do.', ...agent }
	)
});

/** Calls `delegate` with each of these in turn, hears the results, and answers. */
function delegates(args: unknown[], results: unknown[] = []): Script {
	return ({ turn, request: { messages } }) => {
		const last = messages.at(-1);
		if (last?.role === 'tool') results.push(last.results[0]?.result);
		return turn <= args.length ? call(['delegate', args[turn - 1]]) : say('led');
	};
}

const waitsFor = (engine: Engine, run: RunId) =>
	Object.fromEntries(engine.view(run).steps.map((step) => [step.agent_id, step.depends_on]));

/** What the log folds to is what is stored. */
async function expectSame(engine: Engine, run: RunId): Promise<void> {
	const state = await engine.runs.state(client, run);
	const view = engine.view(run);
	expect(view.steps.map(({ agent_id }) => agent_id)).toEqual(
		state.steps.map(({ agent_id }) => agent_id)
	);
	for (const [index, { started_at: _, ended_at: __, ...step }] of state.steps.entries())
		expect(view.steps[index]).toMatchObject(step);
	expect(view.total_tokens_used).toBe(state.total_tokens_used);
	const log = engine.log(run);
	expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
}

test('R23 children begin after the delegator, and their answers flow on to what waited for it', async () => {
	const heard: Record<string, unknown> = {};
	const hears: Script = ({ request: { agent, messages } }) => {
		const [first] = messages;
		heard[agent.id] = first?.role === 'user' ? first.brief?.upstream : null;
		return say(agent.id);
	};
	const results: unknown[] = [];
	const engine = stage.openEngine({
		scripts: {
			lead: delegates([asked('child', 'x', { id: 'y', depends_on: ['x'] })], results),
			x: hears,
			after: hears
		}
	});
	const run = await engine.start(client, team({ lead: [], after: ['lead'] }));
	const state = await engine.over(client, run);
	expect(state.status).toBe('completed');
	expect(state.steps.map((step) => [step.agent_id, step.delegated_by])).toEqual([
		['lead', undefined],
		['x', 'lead'],
		['y', 'lead'],
		['after', undefined]
	]);
	expect(stage.asked).toEqual(['lead:1', 'lead:2', 'x:1', 'y:1', 'after:1']);
	expect(heard).toEqual({
		x: [{ agent_id: 'lead', answer: 'led' }],
		after: [
			{ agent_id: 'lead', answer: 'led' },
			{ agent_id: 'y', answer: 'y' }
		]
	});
	expect(results).toMatchObject([
		{
			added: ['x', 'y'],
			removed: [],
			graph: [
				{ id: 'lead', status: 'running' },
				{ id: 'x', status: 'waiting', depends_on: ['lead'] },
				{ id: 'y' },
				{ id: 'after', depends_on: ['lead', 'y'] }
			]
		}
	]);
	expect(engine.log(run).map((event) => event.type)).toContain('graph_changed');
	await expectSame(engine, run);
});

test('R23 siblings begin at once, while the delegator goes on', async () => {
	const begun = gate();
	const engine = stage.openEngine({
		scripts: {
			lead: async function* ({ turn }) {
				if (turn === 1) return yield* call(['delegate', asked('sibling', 'x')]);
				await begun.opened;
				yield* say('led');
			},
			x: async function* () {
				begun.open();
				yield* say('x');
			}
		}
	});
	const run = await engine.start(client, team({ before: [], lead: ['before'], after: ['lead'] }));
	expect((await engine.over(client, run)).status).toBe('completed');
	expect(waitsFor(engine, run)).toEqual({
		before: [],
		lead: ['before'],
		x: ['before'],
		after: ['lead', 'x']
	});
	expect(stage.asked.at(-1)).toBe('after:1');
	await expectSame(engine, run);
});

test('R23 agents that have not begun can be taken out, and vanish', async () => {
	const engine = stage.openEngine({
		scripts: { lead: delegates([{ ...asked('child', 'x'), prune: ['after'] }]) }
	});
	const run = await engine.start(client, team({ lead: [], after: ['lead'], last: ['after'] }));
	const state = await engine.over(client, run);
	expect(state.status).toBe('completed');
	expect(state.completed_agents).toEqual(['lead', 'x', 'last']);
	expect(waitsFor(engine, run)).toEqual({ lead: [], x: ['lead'], last: ['lead', 'x'] });
	await expectSame(engine, run);
});

test('R23 what is against the rules is an answer that names the culprit, and nothing changes', async () => {
	const results: unknown[] = [];
	const wrong = [
		{ relation: 'child', agents: [] },
		{ relation: 'cousin', agents: [{ id: 'x', prompt: 'Do.' }] },
		asked('child', { id: '../x' }),
		asked('child', { id: 'x', prompt: 'x'.repeat(20_001) }),
		asked('child', { id: 'x', model: 'gemini:expensive' }),
		asked('child', { id: 'x', requires_approval: false }),
		asked('child', ...Array.from({ length: 11 }, (_, i) => `x${i}`)),
		asked('child', { id: 'x', tools: ['execute_python'] }),
		asked('child', { id: 'x', depends_on: ['after'] }),
		asked('child', { id: 'x', depends_on: ['ghost'] }),
		asked('child', 'after'),
		{ ...asked('child', 'x'), prune: ['lead'] },
		{ ...asked('child', 'x'), prune: ['before'] },
		asked('child', { id: 'x', model: 'thinking' })
	];
	const engine = stage.openEngine({
		models: { thinking: 'There is no thinking here.' },
		scripts: { lead: delegates(wrong, results) }
	});
	const run = await engine.start(client, team({ before: [], lead: ['before'], after: ['lead'] }));
	const state = await engine.over(client, run);
	expect(state.status).toBe('completed');
	expect(state.completed_agents).toEqual(['before', 'lead', 'after']);
	const said = results.map((result) => JSON.stringify(result));
	expect(said).toHaveLength(wrong.length);
	for (const [index, named] of [
		'agents',
		'relation',
		'../x',
		'prompt',
		'model',
		'requires_approval',
		'agents',
		'execute_python',
		'after → x → after',
		'ghost',
		'after',
		'lead',
		'before',
		'There is no thinking here.'
	].entries()) {
		expect(said[index]).toContain('"error"');
		expect(said[index]).toContain(named);
	}
	expect(engine.log(run).some((event) => event.type === 'graph_changed')).toBe(false);
	expect(stage.db.q.select().from(runs).get()?.agents).toBeNull();
	await expectSame(engine, run);
});

test('R23 an agent that may not delegate is neither offered the tool nor obeyed', async () => {
	const offered: string[][] = [];
	const results: unknown[] = [];
	const tries = delegates([asked('child', 'x')], results);
	const engine = stage.openEngine({
		scripts: {
			lead: (ask) => {
				offered.push(ask.request.tools.map((tool) => tool.name));
				return tries(ask);
			}
		}
	});
	const may = await engine.start(client, team({ lead: [] }));
	await engine.over(client, may);
	const mayNot = await engine.start(
		client,
		team({ lead: [] }, { lead: { allow_delegation: false } })
	);
	const state = await engine.over(client, mayNot);
	expect(offered[0]).toEqual(['write_file', 'delegate']);
	expect(offered.at(-1)).toEqual(['write_file']);
	expect(results[1]).toEqual({ error: 'There is no tool "delegate".' });
	expect(state.steps).toHaveLength(1);
});

test('R23 delegated agents may delegate only if they were let, and only three deep', async () => {
	const results: unknown[] = [];
	const next = (id: string) => delegates([asked('child', { id, allow_delegation: true })], results);
	const engine = stage.openEngine({
		scripts: { lead: next('one'), one: next('two'), two: next('three'), three: next('four') }
	});
	const run = await engine.start(client, team({ lead: [], after: ['lead'] }));
	const state = await engine.over(client, run);
	expect(state.completed_agents).toEqual(['lead', 'one', 'two', 'three', 'after']);
	expect(JSON.stringify(results[3])).toContain('three');
	expect(waitsFor(engine, run)['after']).toEqual(['lead', 'one', 'two', 'three']);
	await expectSame(engine, run);
});

test('R23 twenty agents are made in a run at most, also when some are taken out again', async () => {
	const results: unknown[] = [];
	const ten = (letter: string, prune: string[] = []) => ({
		...asked('child', ...Array.from({ length: 10 }, (_, i) => `${letter}${i}`)),
		prune
	});
	const engine = stage.openEngine({
		scripts: { lead: delegates([ten('a'), ten('b', ['a0', 'a1']), asked('child', 'c')], results) }
	});
	const run = await engine.start(client, team({ lead: [] }));
	expect((await engine.over(client, run)).steps).toHaveLength(19);
	expect(JSON.stringify(results[2])).toContain('20 were made');
	await expectSame(engine, run);
});

test('R23 two agents that delegate at once both succeed, on the graph as it then is', async () => {
	const both = gate();
	let ready = 0;
	const results: Record<string, unknown[]> = { one: [], two: [] };
	const together = (...args: [string, unknown[]]): Script =>
		async function* (ask) {
			if (ask.turn === 1 && ++ready === 2) both.open();
			await both.opened;
			const same = asked('sibling', `of-${args[0]}`, 'shared');
			yield* delegates([same, asked('sibling', `of-${args[0]}`)], args[1])(ask);
		};
	const engine = stage.openEngine({
		scripts: {
			one: together('one', results['one'] ?? []),
			two: together('two', results['two'] ?? [])
		}
	});
	const may = { allow_delegation: true };
	const run = await engine.start(
		client,
		team({ one: [], two: [], after: ['one', 'two'] }, { one: may, two: may })
	);
	expect((await engine.over(client, run)).status).toBe('completed');
	// Both ask for an agent "shared": one of them is refused, and asks for its other one alone.
	const said = [...(results['one'] ?? []), ...(results['two'] ?? [])].map((r) => JSON.stringify(r));
	expect(said.filter((result) => result.includes('"shared\\" already'))).toHaveLength(1);
	const { after = [], ...rest } = waitsFor(engine, run);
	expect(Object.keys(rest).sort()).toEqual(['of-one', 'of-two', 'one', 'shared', 'two']);
	expect([...after].sort()).toEqual(['of-one', 'of-two', 'one', 'shared', 'two']);
	await expectSame(engine, run);
});

test('R17 R23 stopping a run cancels delegated agents that wait', async () => {
	const reached = gate();
	const engine = stage.openEngine({
		scripts: {
			lead: async function* ({ turn }) {
				if (turn === 1) return yield* call(['delegate', asked('child', 'x', 'y')]);
				reached.open();
				await new Promise(() => undefined);
			}
		}
	});
	const run = await engine.start(client, team({ lead: [], after: ['lead'] }));
	await reached.opened;
	await engine.stop(client, run);
	const state = await engine.over(client, run);
	expect(state.status).toBe('cancelled');
	expect(state.steps.map((step) => [step.agent_id, step.status])).toEqual(
		['lead', 'x', 'y', 'after'].map((id) => [id, 'cancelled'])
	);
	await expectSame(engine, run);
});

test('R21 R23 a resumed run goes on with the agents that were made', async () => {
	let broken = true;
	const engine = stage.openEngine({
		scripts: {
			lead: delegates([{ ...asked('child', 'x', 'y'), prune: ['spare'] }]),
			x: () => {
				if (broken) throw new ModelError('model_refused', 'Not now.', false);
				return say('x');
			}
		}
	});
	const run = await engine.start(client, team({ lead: [], spare: ['lead'], after: ['spare'] }));
	const failed = await engine.over(client, run);
	expect(failed.failed_agents).toEqual(['x']);
	expect(failed.skipped_agents).toEqual(['after']);
	broken = false;
	await engine.resume(client, run);
	const state = await engine.over(client, run);
	expect(state.completed_agents).toEqual(['lead', 'x', 'y', 'after']);
	expect(stage.asked.filter((ask) => ask.startsWith('lead'))).toHaveLength(2);
	const [, resumed] = engine.log(run).filter((event) => event.type === 'run_started');
	expect(resumed?.data).toMatchObject({
		agents: [
			{ id: 'lead' },
			{ id: 'x' },
			{ id: 'y' },
			{ id: 'after', depends_on: ['lead', 'x', 'y'] }
		]
	});
	await expectSame(engine, run);
});

test('R23 a step that has lost its claim changes nothing', async () => {
	let stolen = false;
	const robbed: Db = {
		...stage.db,
		write: (unit) => {
			const last = stage.db.q.select().from(runEvents).orderBy(desc(runEvents.seq)).get();
			if (!stolen && last?.type === 'tool_called') {
				stolen = true;
				void stage.db.write(() => stage.db.q.update(steps).set({ epoch: 9 }).run());
			}
			return stage.db.write(unit);
		}
	};
	const engine = stage.openEngine(
		{ scripts: { lead: delegates([asked('sibling', 'x')]) } },
		robbed
	);
	const run = await engine.start(client, team({ lead: [] }));
	await until(() => stolen);
	await stage.db.write(() => undefined);
	expect(stage.db.q.select().from(steps).all()).toHaveLength(1);
	expect(stage.db.q.select().from(runs).get()?.agents).toBeNull();
	expect(engine.log(run).at(-1)?.type).toBe('tool_called');
});

test.each(KILLED)(
	'R16 R23 a run with a delegation can be killed at every moment: %s',
	async (_, midway) => {
		const graph = { lead: [], spare: ['lead'], after: ['spare'] };
		const scripts = { lead: delegates([{ ...asked('sibling', 'x'), prune: ['spare'] }]) };
		const live = async (db: Db) => {
			const first = stage.openEngine({ killed: true, scripts }, db);
			return first.over(client, await first.start(client, team(graph)));
		};
		await killAtEveryWrite(stage.db, midway, live, async () => {
			const second = stage.openEngine({ scripts });
			await second.open();
			for (const { id } of stage.db.q.select().from(runs).all()) {
				const run = id as RunId;
				const state = await second.over(client, run);
				expect(state.status).toBe('completed');
				expect(state.completed_agents).toEqual(['lead', 'x', 'after']);
				expect(state.total_tokens_used).toBe(60);
				expect(waitsFor(second, run)).toEqual({ lead: [], x: [], after: ['lead', 'x'] });
				const changes = second.log(run).filter((event) => event.type === 'graph_changed');
				expect(changes).toHaveLength(1);
				await expectSame(second, run);
			}
			await second.close();
		});
	}
);

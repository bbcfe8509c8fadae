import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFileName } from '../../domain/file-name';
import type { ClientId, RunId } from '../../domain/ids';
import { rerunSchema, type Agent, type RerunRequest } from '../../domain/workflow';
import { call, gate, openStage, request, say, tool, until, type Script } from './testing';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
	await stage.addToLibrary(client, 'data.csv', 'a,b\n1,2\n');
});
afterEach(() => stage.close());

type Engine = ReturnType<ReturnType<typeof openStage>['openEngine']>;

/** a makes a file, b reads nothing of it, c waits for both, d is on its own. */
const GRAPH = { a: [], b: ['a'], c: ['a', 'b'], d: [] };
const sha256 = (raw: string) => createHash('sha256').update(raw).digest('hex');
const writes =
	(filename: string, content: string, answer: string): Script =>
	({ turn }) =>
		turn === 1 ? call(['write_file', { filename, content }]) : say(answer);
const SCRIPTS = {
	a: writes('a.txt', 'of a', 'a is done'),
	c: writes('c.txt', 'of c', 'c is done')
};
const fails: Script = () => {
	throw new Error('broken');
};

async function firstRun(engine: Engine, graph: Record<string, string[]> = GRAPH): Promise<RunId> {
	const asked = request(graph, { user_directive: 'Look.', attached_files: ['data.csv'] });
	const run = await engine.start(client, asked);
	await engine.over(client, run);
	stage.asked.length = 0;
	return run;
}

async function rerun(engine: Engine, of: RunId, change: Partial<RerunRequest> = {}) {
	const run = await engine.rerun(client, of, rerunSchema.parse(change));
	const state = await engine.over(client, run);
	const taken = state.steps.filter((step) => step.reused).map((step) => step.agent_id);
	return { run, state, taken, ran: [...new Set(stage.asked.map((turn) => turn.split(':')[0]))] };
}

/** The agents as started, with something else about one of them. */
const agents = (id: string, more: Partial<Agent>): Agent[] =>
	(request(GRAPH).agents ?? []).map((agent) => (agent.id === id ? { ...agent, ...more } : agent));

const outputOf = (run: RunId, name: string) =>
	readFileSync(path.join(stage.layout.root, 'sessions', run, 'output', name), 'utf8');

const notes = (engine: Engine, run: RunId) =>
	engine.log(run).flatMap((event) => (event.type === 'log' ? [event.data.message] : []));

describe('R21 a re-run of what has not changed', () => {
	it('asks no model, and has every answer, file and artifact', async () => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine);
		const before = await engine.runs.state(client, first);
		const { run, state, taken } = await rerun(engine, first);
		expect(stage.asked).toEqual([]);
		expect(taken).toEqual(state.steps.map((step) => step.agent_id));
		expect(state).toMatchObject({ status: 'completed', rerun_of: first, total_tokens_used: 0 });
		for (const [i, step] of state.steps.entries()) {
			const earlier = before.steps[i];
			expect(step).toMatchObject({ turns: 0, tools_used: [], input_tokens: 0, output_tokens: 0 });
			expect(step.answer).toBe(earlier?.answer);
			expect(step.reused).toEqual({
				run_id: first,
				input_tokens: earlier?.input_tokens,
				output_tokens: earlier?.output_tokens,
				cost_usd: null
			});
		}
		const { artifacts } = await engine.artifacts.get(client, run);
		expect(artifacts.map((a) => [a.filename, a.version, a.agent_id, a.sha256])).toEqual([
			['a.txt', 1, 'a', sha256('of a')],
			['c.txt', 1, 'c', sha256('of c')]
		]);
		expect([outputOf(run, 'a.txt'), outputOf(run, 'c.txt')]).toEqual(['of a', 'of c']);
	});

	it('tells in its log what was taken over and what that saved', async () => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine);
		const { run, state } = await rerun(engine, first);
		expect(engine.log(run)[0]).toMatchObject({ type: 'run_started', data: { rerun_of: first } });
		expect(notes(engine, run)).toEqual(['Reused 4 of 4 steps; saved 90 tokens.']);
		const view = engine.view(run);
		expect(view).toMatchObject({ rerun_of: first, status: 'completed', total_tokens_used: 0 });
		expect(view.steps.map(({ reused, attempt }) => [reused, attempt])).toEqual(
			state.steps.map(({ reused, attempt }) => [reused, attempt])
		);
		expect(engine.log(run).at(-1)?.type).toBe('run_finished');
		for (const { started_at, ended_at } of [...state.steps, ...view.steps]) {
			expect(started_at).not.toBeNull();
			expect(started_at).toBe(ended_at);
		}
	});

	it('of a re-run names the run that really did the work, also when that is gone', async () => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine);
		const second = await rerun(engine, first);
		await engine.runs.remove(client, first);
		const third = await rerun(engine, second.run);
		expect(stage.asked).toEqual([]);
		expect(third.state.steps.map((step) => step.reused)).toEqual(
			second.state.steps.map((step) => step.reused)
		);
		expect(outputOf(third.run, 'c.txt')).toBe('of c');
	});

	it('keeps its files when the earlier run is deleted', async () => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine);
		const { run } = await rerun(engine, first);
		await engine.runs.remove(client, first);
		const file = await engine.artifacts.find(client, run, parseFileName('a.txt'));
		expect(await stage.files.sha256(file.key)).toBe(sha256('of a'));
	});
});

describe('R21 a re-run does again exactly what a change touches:', () => {
	const cases: [string, Partial<RerunRequest>, string[]][] = [
		['a prompt', { agents: agents('c', { prompt: 'Do otherwise.' }) }, ['c']],
		['a role', { agents: agents('d', { role: 'observer' }) }, ['d']],
		['a model', { agents: agents('c', { model: 'openai:other' }) }, ['c']],
		['the tools', { agents: agents('c', { tools: ['write_file', 'read_file'] }) }, ['c']],
		[
			'the tools that need an approval',
			{ agents: agents('d', { tools_requiring_approval: ['write_file'] }) },
			['d']
		],
		['whether it may delegate', { agents: agents('d', { allow_delegation: true }) }, ['d']],
		['its own directive', { agents: agents('d', { user_directive: 'Mind.' }) }, ['d']],
		['where it stands in the graph', { agents: agents('d', { depends_on: ['c'] }) }, ['d']],
		['where it stands in the picture', { agents: agents('d', { position: { x: 1, y: 2 } }) }, []],
		['a budget', { max_token_budget: 1_000_000 }, []],
		['the directive', { user_directive: 'Look again.' }, ['a', 'b', 'c', 'd']],
		['the attachments', { attached_files: [] }, ['a', 'b', 'c', 'd']]
	];
	it.each(cases)('%s', async (_, change, expected) => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine);
		const { state, ran, taken } = await rerun(engine, first, change);
		expect(state.status).toBe('completed');
		expect([...ran].sort()).toEqual(expected);
		expect([...taken].sort()).toEqual(['a', 'b', 'c', 'd'].filter((id) => !expected.includes(id)));
	});

	it('the directive, for those who see it', async () => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const blind = agents('a', { accepts_directive: false });
		const run = await engine.start(client, { ...request(GRAPH), agents: blind });
		await engine.over(client, run);
		stage.asked.length = 0;
		const { ran, taken } = await rerun(engine, run, { user_directive: 'Look again.' });
		expect(taken).toEqual(['a']);
		expect(ran.sort()).toEqual(['b', 'c', 'd']);
	});

	it('the content of an attached file', async () => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine);
		await stage.addToLibrary(client, 'data.csv', 'a,b\n3,4\n');
		const { taken, run } = await rerun(engine, first);
		expect(taken).toEqual([]);
		expect(notes(engine, run)).toContain(
			'Not taken over from the earlier run: the attached files changed.'
		);
	});

	it('an answer, for those who are given it', async () => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine);
		const other = stage.openEngine({ scripts: { ...SCRIPTS, b: () => say('something else') } });
		const { ran, taken } = await rerun(other, first, { agents: agents('b', { prompt: 'New.' }) });
		expect(ran).toEqual(['b', 'c']);
		expect(taken).toEqual(['a', 'd']);
	});

	it('nothing after a step that comes to the same again', async () => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine);
		const { ran, taken } = await rerun(engine, first, { agents: agents('a', { prompt: 'New.' }) });
		expect(ran).toEqual(['a']);
		expect(taken.sort()).toEqual(['b', 'c', 'd']);
	});

	it('a file of any agent before it, also one it is given no answer of', async () => {
		const graph = { a: [], b: ['a'], c: ['b'] };
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine, graph);
		const changed = { ...SCRIPTS, a: writes('a.txt', 'other bytes', 'a is done') };
		const other = stage.openEngine({ scripts: changed });
		const edited = (request(graph).agents ?? []).map((agent) =>
			agent.id === 'a' ? { ...agent, prompt: 'New.' } : agent
		);
		const { ran, state } = await rerun(other, first, { agents: edited });
		expect(ran).toEqual(['a', 'b', 'c']);
		expect(state.status).toBe('completed');
	});
});

describe('R21 a re-run really does a step', () => {
	it('that had failed, and those that were skipped after it', async () => {
		const engine = stage.openEngine({ scripts: { ...SCRIPTS, b: fails } });
		const first = await firstRun(engine);
		const repaired = stage.openEngine({ scripts: SCRIPTS });
		const { ran, taken, state } = await rerun(repaired, first);
		expect([taken, ran, state.status]).toEqual([['a', 'd'], ['b', 'c'], 'completed']);
	});

	it('of which an artifact was deleted', async () => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine);
		await engine.artifacts.removeFile(client, first, parseFileName('a.txt'));
		const { run, ran, taken } = await rerun(engine, first);
		expect([ran, taken.sort()]).toEqual([['a'], ['b', 'c', 'd']]);
		expect(notes(engine, run)).toContain(
			'Not taken over from the earlier run: its file "a.txt" is not there any more.'
		);
	});

	it('of which a file is gone from disk', async () => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine);
		const file = await engine.artifacts.find(client, first, parseFileName('c.txt'));
		await stage.files.remove(file.key);
		expect((await rerun(engine, first)).ran).toEqual(['c']);
	});

	it('for which there is no room any more', async () => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine);
		const small = stage.openEngine({ scripts: SCRIPTS, config: { ARTIFACT_QUOTA_BYTES: 9 } });
		const { run, ran } = await rerun(small, first);
		// What `a` made is not an artifact now, so that `b` rests on something else.
		expect(ran.sort()).toEqual(['a', 'b', 'c']);
		expect(notes(small, run)).toContain(
			'Not taken over from the earlier run: there is no room for its files.'
		);
	});

	it.each([
		['too_large', 'for want of room', []],
		['unsupported', 'for what it is', ['d']]
	])('unless what was refused (%s) was refused %s', async (code, _, expected) => {
		const refusing = tool('execute_python', async () => ({
			ok: true,
			result: {},
			writes: [],
			refused: [{ filename: 'made', code, message: 'It was refused.' }]
		}));
		const script: Script = ({ turn }) => (turn === 1 ? call(['execute_python', {}]) : say('d'));
		const engine = stage.openEngine({ scripts: { d: script }, tools: [refusing] });
		const asked = request({ d: [] }, { tools: ['execute_python'] });
		const first = await engine.start(client, asked);
		await engine.over(client, first);
		const { run, taken } = await rerun(engine, first);
		expect(taken).toEqual(expected);
		const { refused } = await engine.artifacts.get(client, run);
		expect(refused).toEqual([
			{ filename: 'made', agent_id: 'd', code, message: 'It was refused.' }
		]);
	});

	it('that had added agents to the graph', async () => {
		const child = { relation: 'child', agents: [{ id: 'helper', prompt: 'Help.' }] };
		const script: Script = ({ turn }) => (turn === 1 ? call(['delegate', child]) : say('d'));
		const engine = stage.openEngine({ scripts: { d: script } });
		const graph = agents('d', { allow_delegation: true });
		const first = await engine.start(client, { ...request(GRAPH), agents: graph });
		await engine.over(client, first);
		stage.asked.length = 0;
		const { state, ran, taken } = await rerun(engine, first);
		expect([state.status, ran]).toEqual(['completed', ['d']]);
		expect(taken.sort()).toEqual(['a', 'b', 'c', 'helper']);
		expect(state.steps.find((step) => step.agent_id === 'helper')?.delegated_by).toBe('d');
	});

	it('when the earlier run is deleted while it waits', async () => {
		const held = gate();
		async function* waits() {
			await held.opened;
			yield* say('b is done');
		}
		const engine = stage.openEngine({ scripts: { ...SCRIPTS, b: waits } });
		held.open();
		const first = await firstRun(engine);
		const second = gate();
		async function* waitsAgain() {
			await second.opened;
			yield* say('b is done');
		}
		const other = stage.openEngine({ scripts: { ...SCRIPTS, b: waitsAgain } });
		const changed = rerunSchema.parse({ agents: agents('b', { prompt: 'New.' }) });
		const run = await other.rerun(client, first, changed);
		await until(() => stage.asked.includes('b:1'));
		await other.runs.remove(client, first);
		second.open();
		const state = await other.over(client, run);
		expect(state.status).toBe('completed');
		expect(stage.asked).toContain('c:1');
		expect(notes(other, run)).toContain(
			'Not taken over from the earlier run: that run was deleted.'
		);
	});

	it('that a person wants done again, although it was taken over', async () => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine);
		const { run } = await rerun(engine, first);
		await engine.resume(client, run, 'b');
		const state = await engine.over(client, run);
		expect(stage.asked).toEqual(['b:1', 'c:1', 'c:2']);
		expect(state.steps.map((s) => [s.agent_id, s.attempt, s.reused !== undefined])).toEqual(
			['a', 'd', 'b', 'c'].map((id) => [id, 'bc'.includes(id) ? 2 : 1, !'bc'.includes(id)])
		);
		expect(engine.view(run).steps.map((s) => [s.agent_id, s.attempt, !!s.reused])).toEqual(
			state.steps.map((s) => [s.agent_id, s.attempt, !!s.reused])
		);
	});
});

describe('R21 a re-run is refused', () => {
	it('while the run is active, to somebody else, and when it has expired', async () => {
		const held = gate();
		async function* waits() {
			await held.opened;
			yield* say('d');
		}
		let at = Date.now();
		const engine = stage.openEngine({
			scripts: { ...SCRIPTS, d: waits },
			now: () => new Date(at)
		});
		const run = await engine.start(client, request(GRAPH));
		const again = (who = client) => engine.rerun(who, run, {});
		await expect(again()).rejects.toMatchObject({ code: 'conflict' });
		held.open();
		await engine.over(client, run);
		await expect(again(await stage.addClient())).rejects.toMatchObject({ code: 'not_found' });
		at += 169 * 3_600_000;
		await expect(again()).rejects.toMatchObject({ code: 'gone' });
	});

	it('naming attachments that have left the library, and creates nothing', async () => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine);
		stage.library.clear();
		await expect(engine.rerun(client, first, {})).rejects.toMatchObject({
			code: 'invalid',
			details: [expect.objectContaining({ attached_file: 'data.csv' })]
		});
		expect((await engine.runs.list(client, {})).runs).toHaveLength(1);
	});

	it('naming an agent that cannot be run', async () => {
		const engine = stage.openEngine({ scripts: SCRIPTS });
		const first = await firstRun(engine);
		const looping = agents('d', { depends_on: ['d'] });
		await expect(engine.rerun(client, first, { agents: looping })).rejects.toMatchObject({
			details: [expect.objectContaining({ agent_id: 'd', problem: 'cycle' })]
		});
	});
});

it('R21 many re-runs of one run at once each have all of it', async () => {
	const graph = Object.fromEntries(
		Array.from({ length: 12 }, (_, i) => [`s${i}`, i < 4 ? [] : [`s${i - 4}`, `s${(i * 7) % 4}`]])
	);
	const scripts = Object.fromEntries(
		Object.keys(graph).map((id) => [id, writes(`${id}.txt`, `of ${id}`, id)])
	);
	const engine = stage.openEngine({ scripts });
	const first = await firstRun(engine, graph);
	const all = await Promise.all(Array.from({ length: 6 }, () => rerun(engine, first)));
	expect(stage.asked).toEqual([]);
	for (const { run, state, taken } of all) {
		expect([state.status, taken.length]).toEqual(['completed', 12]);
		const { artifacts } = await engine.artifacts.get(client, run);
		expect(artifacts.map((a) => `${a.filename} ${a.agent_id}`).sort()).toEqual(
			Object.keys(graph)
				.map((id) => `${id}.txt ${id}`)
				.sort()
		);
	}
});

it('R21 a file that two agents wrote ends as it did, whoever comes first in the graph', async () => {
	const late = gate();
	const graph = { a: [], r: [], b: ['r'] };
	async function* slow({ turn }: { turn: number }) {
		await late.opened;
		yield* turn === 1 ? call(['write_file', { filename: 'x', content: 'of a' }]) : say('a');
	}
	const scripts = { a: slow, b: writes('x', 'of b', 'b') };
	const engine = stage.openEngine({ scripts });
	const first = await engine.start(client, request(graph));
	await until(async () => (await engine.runs.state(client, first)).completed_agents.length === 2);
	late.open();
	await engine.over(client, first);
	const { run, taken } = await rerun(engine, first);
	expect(taken).toHaveLength(3);
	expect(outputOf(run, 'x')).toBe('of a');
	const { artifacts } = await engine.artifacts.get(client, run);
	expect(artifacts.map((a) => [a.version, a.agent_id])).toEqual([
		[2, 'a'],
		[1, 'b']
	]);
});

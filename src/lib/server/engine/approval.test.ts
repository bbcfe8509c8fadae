import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientId } from '../../domain/ids';
import { decisionSchema } from '../../domain/workflow';
import { approvals, runs } from '../db/schema';
import type { Message } from '../models/model';
import { call, gate, openStage, request, say, until, writingTool, type Script } from './testing';
import { asking, asks, callOnce, counted } from './testing-approval';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

const needsCall = { a: { tools_requiring_approval: ['list_files'] } };
const needsAgent = { a: { requires_approval: true } };
const decision = (agent_id: string) => decisionSchema.parse({ agent_id, approved: true });
const yes = decision('a');

test('R20 a call of such a tool waits, and what was shown is what runs', async () => {
	await stage.addToLibrary(client, 'data.csv', 'a\n');
	const ran: unknown[] = [];
	const engine = stage.openEngine({
		tools: [counted(ran), writingTool()],
		scripts: { a: callOnce({ path: '.', odd: '<b>' }) }
	});
	const run = await engine.start(
		client,
		asking({ a: [], b: ['a'] }, needsCall, { attached_files: ['data.csv'] })
	);
	const step = await asks(engine, run);
	expect(step.approval).toEqual({
		turn: 1,
		call_id: 'call-0',
		tool: 'list_files',
		arguments: { path: '.', odd: '<b>' },
		files: ['data.csv'],
		reason: 'A person has to agree before the agent "a" calls "list_files".'
	});
	const waits = await engine.runs.state(client, run);
	expect(waits.status).toBe('awaiting_approval');
	expect(waits.active_agents).toEqual(['a']);
	expect(waits.steps[0]).toMatchObject({ status: 'awaiting_approval', turns: 1, input_tokens: 10 });
	expect(engine.view(run)).toMatchObject({ status: 'awaiting_approval' });
	expect(ran).toEqual([]);

	await engine.approve(client, run, { ...yes, note: ' Go. ' });
	const state = await engine.over(client, run);
	expect(state.status).toBe('completed');
	expect(ran).toEqual([{ input: { path: '.', odd: '<b>' }, names: ['data.csv'] }]);
	expect(stage.asked).toEqual(['a:1', 'a:2', 'b:1']);
	expect(state.steps[0]).toMatchObject({ attempt: 1, tools_used: ['list_files'] });
	const log = engine.log(run).filter((event) => event.agent_id === 'a');
	expect(log.map((event) => event.type)).toEqual(
		[
			'step_started',
			'approval_requested',
			'approval_given',
			'tool_called',
			'tool_finished',
			'step_finished'
		].flatMap((type) => (type === 'step_finished' ? ['text_delta', type] : [type]))
	);
	expect(log[2]?.data).toEqual({ turn: 1, call_id: 'call-0', approved: true, note: 'Go.' });
	expect(engine.view(run).steps[0]).toMatchObject({ approval: null, status: 'completed' });
});

test('R20 the model reads why a person refused, goes on, and its next call asks again', async () => {
	const ran: unknown[] = [];
	const heard: Message[][] = [];
	const script: Script = ({ turn, request }) => {
		heard.push([...request.messages]);
		return turn < 3 ? call(['list_files', { turn }]) : say('done');
	};
	const engine = stage.openEngine({ tools: [counted(ran)], scripts: { a: script } });
	const run = await engine.start(client, asking({ a: [] }, needsCall));
	await asks(engine, run);
	await engine.approve(client, run, { ...yes, approved: false, note: 'Not the logs.' });
	await until(() => engine.view(run).steps[0]?.approval?.turn === 2);
	expect(heard[1]?.at(-1)).toMatchObject({
		role: 'tool',
		results: [{ ok: false, result: { error: 'A person refused this call. Note: Not the logs.' } }]
	});
	expect(ran).toEqual([]);
	await engine.approve(client, run, { ...yes, approved: false });
	expect((await engine.over(client, run)).status).toBe('completed');
	expect(heard[2]?.at(-1)).toMatchObject({
		results: [{ result: { error: 'A person refused this call.' } }]
	});
	const tools = engine.view(run).steps[0]?.transcript.filter((item) => item.kind === 'tool');
	expect(tools?.map((item) => item.state)).toEqual(['failed', 'failed']);
	const asked = engine.view(run).steps[0]?.transcript.filter((item) => item.kind === 'approval');
	expect(asked).toMatchObject([
		{ approved: false, note: 'Not the logs.' },
		{ approved: false, note: null }
	]);
});

test('R20 calls of one turn are made in order, and each that needs it asks for itself', async () => {
	const ran: unknown[] = [];
	const script: Script = ({ turn }) =>
		turn === 1
			? call(
					['write_file', { filename: 'one.txt', content: '1' }],
					['list_files', { n: 1 }],
					['write_file', { filename: 'two.txt', content: '2' }],
					['list_files', { n: 2 }]
				)
			: say('done');
	const engine = stage.openEngine({ tools: [counted(ran), writingTool()], scripts: { a: script } });
	const run = await engine.start(client, asking({ a: [] }, needsCall));
	expect((await asks(engine, run)).approval).toMatchObject({
		call_id: 'call-1',
		files: ['one.txt']
	});
	await engine.approve(client, run, yes);
	await until(() => engine.view(run).steps[0]?.approval?.call_id === 'call-3');
	expect(engine.view(run).steps[0]?.approval?.files).toEqual(['one.txt', 'two.txt']);
	expect(ran).toHaveLength(1);
	await engine.approve(client, run, yes);
	await engine.over(client, run);
	expect(ran).toEqual([
		{ input: { n: 1 }, names: ['one.txt'] },
		{ input: { n: 2 }, names: ['one.txt', 'two.txt'] }
	]);
	expect(stage.asked).toEqual(['a:1', 'a:2']);
});

test('R20 approved code sees the files that were shown, not those that came since', async () => {
	const ran: unknown[] = [];
	const late = gate();
	const engine = stage.openEngine({
		tools: [counted(ran), writingTool()],
		scripts: {
			a: callOnce(),
			b: async function* ({ turn }) {
				await late.opened;
				yield* turn === 1
					? call(['write_file', { filename: 'late.txt', content: 'x' }])
					: say('done');
			}
		}
	});
	const run = await engine.start(client, asking({ a: [], b: [] }, needsCall));
	expect((await asks(engine, run)).approval?.files).toEqual([]);
	late.open();
	await until(() => engine.view(run).steps[1]?.status === 'completed');
	await engine.approve(client, run, yes);
	await engine.over(client, run);
	expect(ran).toEqual([{ input: {}, names: [] }]);
});

test.each([
	['e2b', ', whose code may reach the internet.'],
	['local', '.']
] as const)(
	'R20 who is asked is told whether code may reach the internet: %s',
	async (kind, end) => {
		const engine = stage.openEngine({
			sandbox: { kind },
			tools: [counted([], 'execute_python')],
			scripts: { a: () => call(['execute_python', {}]) }
		});
		const run = await engine.start(
			client,
			asking(
				{ a: [] },
				{ a: { tools_requiring_approval: ['execute_python'] } },
				{ tools: ['execute_python'], allow_internet: true }
			)
		);
		const { approval } = await asks(engine, run);
		expect(approval?.reason).toBe(
			`A person has to agree before the agent "a" calls "execute_python"${end}`
		);
		await engine.stop(client, run);
	}
);

test('a call that cannot be run anyway asks nobody', async () => {
	const ran: unknown[] = [];
	const engine = stage.openEngine({ tools: [counted(ran)], scripts: { a: callOnce('no object') } });
	const run = await engine.start(client, asking({ a: [] }, needsCall));
	expect((await engine.over(client, run)).steps[0]?.answer).toContain('are not right');
	expect(stage.db.q.select().from(approvals).all()).toEqual([]);
});

test('R20 an agent waits before its first turn, and what waits for it waits too', async () => {
	const engine = stage.openEngine();
	const run = await engine.start(client, asking({ z: [], a: ['z'], b: ['a'], c: [] }, needsAgent));
	const step = await asks(engine, run);
	expect(step.approval).toEqual({
		turn: 0,
		files: [],
		arguments: { prompt: expect.any(String) },
		reason: 'A person has to agree before the agent "a" begins.'
	});
	await until(() => engine.view(run).steps.every((s) => s.agent_id !== 'c' || s.answer === 'c'));
	expect(stage.asked).not.toContain('a:1');
	await engine.approve(client, run, { ...yes, turn: 0 });
	const state = await engine.over(client, run);
	expect(state.status).toBe('completed');
	expect(state.steps.map((s) => s.attempt)).toEqual([1, 1, 1, 1]);
	expect(engine.log(run).filter((event) => event.type === 'step_started')).toHaveLength(4);
});

test('R20 a refused agent fails with the note; retried, it is told so and asks again', async () => {
	const heard: string[] = [];
	const engine = stage.openEngine({
		scripts: {
			a: ({ request }) => {
				const [first] = request.messages;
				if (first?.role === 'user') heard.push(first.text);
				return say('a');
			}
		}
	});
	const run = await engine.start(client, asking({ a: [], b: ['a'], c: [] }, needsAgent));
	await asks(engine, run);
	await engine.approve(client, run, { ...yes, approved: false, note: 'Only with the budget.' });
	const refused = await engine.over(client, run);
	expect(refused.status).toBe('failed');
	expect(refused.steps.find((step) => step.agent_id === 'a')).toMatchObject({
		status: 'failed',
		error: {
			code: 'approval_refused',
			message: 'A person refused to let the agent begin. Note: Only with the budget.'
		}
	});
	expect(refused.skipped_agents).toEqual(['b']);
	expect(refused.completed_agents).toEqual(['c']);
	expect(engine.view(run)).toMatchObject({ status: 'failed' });

	await engine.resume(client, run);
	await asks(engine, run);
	expect(heard).toEqual([]);
	await engine.approve(client, run, yes);
	expect((await engine.over(client, run)).status).toBe('completed');
	expect(heard).toHaveLength(1);
	expect(heard[0]).toContain(
		'When this was asked before, a person refused it: Only with the budget.'
	);
});

test('R20 of two deciders exactly one wins, and who was shown something else decides nothing', async () => {
	const ran: unknown[] = [];
	const engine = stage.openEngine({
		tools: [counted(ran)],
		scripts: { a: ({ turn }) => (turn < 3 ? call(['list_files', { turn }]) : say('done')) }
	});
	const run = await engine.start(client, asking({ a: [], b: [] }, needsCall));
	await asks(engine, run);
	await expect(engine.approve(client, run, { ...yes, turn: 2 })).rejects.toMatchObject({
		code: 'conflict'
	});
	await expect(engine.approve(client, run, { ...yes, call_id: 'x' })).rejects.toMatchObject({
		code: 'conflict'
	});
	const shown = { ...yes, turn: 1, call_id: 'call-0' };
	const both = await Promise.allSettled([
		engine.approve(client, run, shown),
		engine.approve(client, run, { ...shown, approved: false }),
		engine.approve(client, run, shown)
	]);
	expect(both.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected']);
	await until(() => engine.view(run).steps[0]?.approval?.turn === 2);
	expect(ran).toHaveLength(1);
	// A second click on what was decided already.
	await expect(engine.approve(client, run, shown)).rejects.toMatchObject({ code: 'conflict' });
	await engine.approve(client, run, yes);
	await engine.over(client, run);
	await expect(engine.approve(client, run, yes)).rejects.toMatchObject({ code: 'conflict' });
});

test('R20 only the owner decides, and only about agents there are', async () => {
	const engine = stage.openEngine({ tools: [counted([])], scripts: { a: callOnce() } });
	const run = await engine.start(client, asking({ a: [], b: ['a'] }, needsCall));
	await asks(engine, run);
	const other = await stage.addClient();
	await expect(engine.approve(other, run, yes)).rejects.toMatchObject({ code: 'not_found' });
	await expect(engine.approve(client, run, decision('nobody'))).rejects.toMatchObject({
		code: 'invalid'
	});
	await expect(engine.approve(client, run, decision('b'))).rejects.toMatchObject({
		code: 'conflict'
	});
	expect(engine.view(run).steps[0]?.status).toBe('awaiting_approval');
	await engine.stop(client, run);
});

test('R12 a tool that needs approval must be one of the agent’s own', async () => {
	const engine = stage.openEngine();
	const wrong = { a: { tools_requiring_approval: ['execute_python'] } };
	await expect(engine.start(client, asking({ a: [] }, wrong))).rejects.toMatchObject({
		code: 'invalid',
		details: [{ agent_id: 'a', problem: 'approval_of_other_tool' }]
	});
	expect(stage.db.q.select().from(runs).all()).toEqual([]);
});

test('a run without approvals has no row of them and never waits', async () => {
	const engine = stage.openEngine();
	const run = await engine.start(client, request({ a: [] }));
	await engine.over(client, run);
	expect(stage.db.q.select().from(approvals).all()).toEqual([]);
	expect(stage.db.q.select().from(runs).get()).toMatchObject({ waitingSince: null, waitedMs: 0 });
});

import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseFileName } from '../../domain/file-name';
import type { ClientId, RunId } from '../../domain/ids';
import { runs, steps, turns } from '../db/schema';
import type { ModelPart } from '../models/model';
import {
	call,
	gate,
	mortal,
	openStage,
	request,
	say,
	text,
	tool,
	until,
	writingTool
} from './testing';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

async function* silent(reached: () => void, begun = 'half a sen'): AsyncGenerator<ModelPart> {
	yield { type: 'text', text: begun };
	reached();
	await new Promise(() => undefined);
}

const textOf = (engine: ReturnType<typeof stage.openEngine>, run: RunId) =>
	engine
		.view(run)
		.steps[0]?.transcript.flatMap((item) => (item.kind === 'text' ? [item.text] : []));

test('R16 a turn that was not recorded is asked again, and its text is shown once', async () => {
	const reached = gate();
	const half = 'half '.repeat(500);
	const life = mortal(stage.db);
	const first = stage.openEngine(
		{ killed: true, scripts: { a: () => silent(reached.open, half) } },
		life.db
	);
	const run = await first.start(client, request({ a: [], b: ['a'] }));
	await reached.opened;
	await until(() => first.log(run).some((event) => event.type === 'text_delta'));
	life.kill();

	const second = stage.openEngine({ scripts: { a: () => say('a whole sentence') } });
	await second.open();
	const state = await second.over(client, run);
	expect(state.status).toBe('completed');
	expect(state.steps[0]).toMatchObject({ attempt: 1, turns: 1, input_tokens: 10 });
	expect(stage.asked).toEqual(['a:1', 'a:1', 'b:1']);
	expect(textOf(second, run)).toEqual(['a whole sentence']);
});

test('R16 recorded turns and tool calls are not repeated, an unfinished call is', async () => {
	const reached = gate();
	const life = mortal(stage.db);
	const ran: string[] = [];
	const script = ({ turn }: { turn: number }) => {
		if (turn === 1) return call(['write_file', { filename: 'x.txt', content: 'x' }]);
		if (turn === 2) return call(['read_file', {}], ['list_files', {}]);
		return say('done');
	};
	const done = { ok: true, result: {}, writes: [], refused: [] };
	const note = (name: string, then: () => Promise<unknown> = () => Promise.resolve()) =>
		tool(name, async () => {
			ran.push(name);
			await then();
			return done;
		});
	const tools = ['write_file', 'read_file', 'list_files'];
	const hang = async () => {
		reached.open();
		await new Promise(() => undefined);
	};
	const first = stage.openEngine(
		{
			killed: true,
			scripts: { a: script },
			tools: [writingTool(), note('read_file'), note('list_files', hang)]
		},
		life.db
	);
	const run = await first.start(client, request({ a: [] }, { tools }));
	await reached.opened;
	life.kill();

	const heard: unknown[] = [];
	const second = stage.openEngine({
		scripts: {
			a: (ask) => {
				heard.push(...ask.request.messages.map((message) => message.role));
				return script(ask);
			}
		},
		tools: [writingTool(), note('read_file'), note('list_files')]
	});
	await second.open();
	const state = await second.over(client, run);
	expect(state.status).toBe('completed');
	expect(stage.asked).toEqual(['a:1', 'a:2', 'a:3']);
	expect(ran).toEqual(['read_file', 'list_files', 'list_files']);
	expect(heard).toEqual(['user', 'model', 'tool', 'model', 'tool']);
	expect(state.steps[0]).toMatchObject({ turns: 3, input_tokens: 30, output_tokens: 15 });
	const shown = second.view(run).steps[0]?.transcript ?? [];
	expect(shown.filter((item) => item.kind === 'tool')).toMatchObject([
		{ tool: 'write_file', state: 'ok' },
		{ tool: 'read_file', state: 'ok' },
		{ tool: 'list_files', state: 'ok' }
	]);
	expect((await second.artifacts.get(client, run)).artifacts).toHaveLength(1);
	const log = second.log(run);
	expect(log.map((event) => event.seq)).toEqual(log.map((_, index) => index + 1));
});

test('R25 what was written and not recorded when the server went down is credited to its own step', async () => {
	const life = mortal(stage.db);
	const silence = gate();
	const others = gate();
	const writeTwo = ({ turn }: { turn: number }) =>
		turn === 1 ? call(['write_file', { filename: 'a.txt', content: 'a' }]) : say('done');
	const named = (name: string) => ({ name: parseFileName(name), bytes: text('a') });
	const twice = (names: string[], then: () => unknown) =>
		tool('write_file', async () => {
			await then();
			return { ok: true, result: {}, writes: names.map(named), refused: [] };
		});
	const graph = { a: [], b: [], c: ['b'] };
	const first = stage.openEngine(
		{
			killed: true,
			tools: [twice(['a.txt', 'only-once.txt'], () => silence.opened.then(() => life.kill()))],
			scripts: { a: writeTwo, b: () => silent(silence.open) }
		},
		life.db
	);
	const run = await first.start(client, request(graph));
	const onDisk = async () => (await first.sessions.listFiles(client, run)).output.length;
	await until(async () => (await onDisk()) === 2);
	expect((await first.artifacts.get(client, run)).artifacts).toEqual([]);

	const second = stage.openEngine({
		tools: [twice(['a.txt'], () => others.opened)],
		scripts: { a: writeTwo }
	});
	await second.open();
	// Both of the others end, and look at the output, before the writer repeats its call.
	await until(() => second.log(run).filter((e) => e.type === 'step_finished').length === 2);
	expect((await second.artifacts.get(client, run)).artifacts).toEqual([]);
	others.open();
	expect((await second.over(client, run)).status).toBe('completed');
	const { artifacts } = await second.artifacts.get(client, run);
	expect(artifacts.map((file) => [file.filename, file.agent_id, file.version]).sort()).toEqual([
		['a.txt', 'a', 1],
		['only-once.txt', 'a', 1]
	]);
});

test('R16 what a run was given at first is what it is given again', async () => {
	const reached = gate();
	const life = mortal(stage.db);
	const briefs: string[] = [];
	const first = stage.openEngine(
		{
			killed: true,
			scripts: {
				a: ({ turn, request }) => {
					briefs.push(JSON.stringify(request.messages[0]));
					return turn === 1
						? call(['write_file', { filename: 'x.txt', content: 'x' }])
						: silent(reached.open);
				}
			}
		},
		life.db
	);
	const run = await first.start(client, request({ a: [] }));
	await reached.opened;
	life.kill();
	const second = stage.openEngine({
		scripts: {
			a: ({ request }) => {
				briefs.push(JSON.stringify(request.messages[0]));
				return say('ok');
			}
		}
	});
	await second.open();
	await second.over(client, run);
	expect(new Set(briefs).size).toBe(1);
});

test('R16 two engines on one database commit a step once', async () => {
	const reached = gate();
	const hold = gate();
	const zombie = stage.openEngine(
		{
			scripts: {
				a: async function* () {
					reached.open();
					await hold.opened;
					yield* say('from the zombie');
				}
			}
		},
		stage.openSecondDb()
	);
	const run = await zombie.start(client, request({ a: [], b: ['a'] }));
	await reached.opened;
	const second = stage.openEngine({ scripts: { a: () => say('from the living') } });
	await second.open();
	await until(() => stage.asked.length >= 2);
	hold.open();
	const state = await second.over(client, run);
	expect(state.status).toBe('completed');
	expect(state.steps[0]?.answer).toBe('from the living');
	expect(stage.db.q.select().from(turns).all()).toHaveLength(2);
	expect(second.log(run).filter((event) => event.type === 'step_finished')).toHaveLength(2);
});

test('R16 close lets steps go without failing them, and open goes on', async () => {
	const reached = gate();
	const first = stage.openEngine({ scripts: { a: () => silent(reached.open) } });
	const run = await first.start(client, request({ a: [] }));
	await reached.opened;
	await first.close();
	expect((await first.runs.state(client, run)).status).toBe('running');
	const second = stage.openEngine();
	await second.open();
	expect((await second.over(client, run)).status).toBe('completed');
	expect(second.view(run).steps[0]?.transcript[0]).toMatchObject({
		kind: 'attempt',
		recovered: true
	});
});

test('R17 a run that was being stopped when the server went down ends cancelled', async () => {
	const reached = gate();
	const first = stage.openEngine({ scripts: { a: () => silent(reached.open) } });
	const run = await first.start(client, request({ a: [], b: ['a'] }));
	await reached.opened;
	await first.close();
	await stage.db.write(() =>
		stage.db.q.update(runs).set({ stopRequested: true }).where(eq(runs.id, run)).run()
	);
	const second = stage.openEngine();
	await second.open();
	const state = await second.over(client, run);
	expect(state.status).toBe('cancelled');
	expect(state.steps.map((step) => step.status)).toEqual(['cancelled', 'cancelled']);
	expect(stage.asked).toEqual(['a:1']);
});

test('a run that waited in the queue begins after the restart, with its session', async () => {
	const first = stage.openEngine();
	await first.close();
	await stage.addToLibrary(client, 'a.csv', 'a\n');
	const run = await first.start(client, request({ a: [] }, { attached_files: ['a.csv'] }));
	expect((await first.runs.state(client, run)).status).toBe('queued');
	const second = stage.openEngine();
	await second.sessions.remove(run);
	await second.open();
	expect((await second.over(client, run)).status).toBe('completed');
	expect((await second.sessions.listFiles(client, run)).input).toHaveLength(1);
});

test('a step that was lost is found by the periodic reconcile', async () => {
	const reached = gate();
	const engine = stage.openEngine({ scripts: { a: () => silent(reached.open) } });
	await engine.open();
	const run = await engine.start(client, request({ a: [], b: [] }));
	await reached.opened;
	await until(() => stage.asked.includes('b:1'));
	// As if another process had done the step.
	await stage.db.write(() =>
		stage.db.q
			.update(steps)
			.set({ status: 'completed', epoch: 9 })
			.where(eq(steps.runId, run))
			.run()
	);
	expect((await engine.over(client, run)).status).toBe('completed');
});

import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientId } from '../../domain/ids';
import { toolCalls, turns } from '../db/schema';
import { startGemini, type GeminiStandIn } from '../../../tests/support/gemini/stand-in';
import { createGemini } from '../models/gemini/gemini';
import { call, gate, mortal, openStage, request, say, tool, until, writingTool } from './testing';

let stage: ReturnType<typeof openStage>;
let gemini: GeminiStandIn;
let client: ClientId;
beforeEach(async () => {
	stage = openStage();
	gemini = await startGemini();
	client = await stage.addClient();
});
afterEach(async () => {
	await stage.close();
	await gemini.close();
});

/** As a process makes it at its start. */
const newModel = () =>
	createGemini({
		apiKey: gemini.apiKey,
		baseUrl: gemini.url,
		model: 'gemini-3.8-flash',
		price: { input: 1, output: 10 }
	});

const PNG = { mimeType: 'image/png', bytes: Buffer.from('89504e470d0a1a0a', 'hex') };
const readsPicture = () =>
	tool('read_file', async () => ({
		ok: true,
		result: { content: '[a.png]' },
		writes: [],
		refused: [],
		media: [PNG]
	}));

test('G2 R16 two agents on Gemini: killed between two turns, the run goes on with every signature as it was', async () => {
	const reached = gate();
	const life = mortal(stage.db);
	const tools = () => [writingTool(), readsPicture()];
	const usage = { prompt: 1000, candidates: 50, thoughts: 50 };
	gemini.script(
		'You are a.',
		{
			thoughts: ['Let me see.'],
			text: ['I look and write.'],
			calls: [
				['write_file', { filename: 'notes.md', content: '# naïve ✓' }],
				['read_file', {}],
				['write_file', { filename: '../escape', content: 'x' }]
			],
			usage
		},
		async () => {
			reached.open();
			// The first process never hears the answer.
			if (gemini.requests.length === 2) await new Promise(() => undefined);
			return { calls: [['write_file', { filename: 'more.md', content: 'more' }]], usage };
		},
		{ text: ['a is', ' done'], usage }
	);
	gemini.script('You are b.', { text: ['b is done'], usage });
	await stage.addToLibrary(client, 'sales.csv', 'region,total\nnorth,1\n');

	const first = stage.openEngine({ killed: true, model: newModel(), tools: tools() }, life.db);
	const run = await first.start(
		client,
		request(
			{ a: [], b: ['a'] },
			{
				tools: ['write_file', 'read_file'],
				user_directive: 'Sum it up.',
				attached_files: ['sales.csv']
			}
		)
	);
	await reached.opened;
	life.kill();

	const second = stage.openEngine({ model: newModel(), tools: tools() });
	await second.open();
	const state = await second.over(client, run);
	expect(gemini.refusals()).toEqual([]);
	expect(state.status).toBe('completed');
	expect(state.steps).toMatchObject([
		{ agent_id: 'a', answer: 'a is done', turns: 3, input_tokens: 3000, output_tokens: 300 },
		{ agent_id: 'b', answer: 'b is done', turns: 1, input_tokens: 1000, output_tokens: 100 }
	]);
	expect(state.steps[0]?.cost_usd).toBeCloseTo((3000 * 1 + 300 * 10) / 1e6, 12);

	const asked = gemini.requests.map(({ ask }) => [ask?.system.slice(0, 10), ask?.turn]);
	expect(asked).toEqual([
		['You are a.', 1],
		['You are a.', 2],
		['You are a.', 2],
		['You are a.', 3],
		['You are b.', 1]
	]);
	// What the second process asks is byte for byte what the first one asked, attachment included.
	expect(JSON.stringify(gemini.requests[2]?.body)).toBe(JSON.stringify(gemini.requests[1]?.body));
	const [user, model, results] = gemini.requests[2]?.ask?.request.contents ?? [];
	expect(user?.parts[1]?.text).toContain('"sales.csv" (text/csv), as data.');
	expect(user?.parts[1]?.text).toContain('region,total\nnorth,1\n');
	const [row] = stage.db.q.select().from(turns).where(eq(turns.runId, run)).all();
	expect(row?.record).toMatchObject({ wire: { content: model } });
	expect(results?.parts.map((part) => part.functionResponse)).toEqual([
		{ id: 'call-1-1', name: 'write_file', response: { output: expect.any(Object) } },
		{
			id: 'call-1-2',
			name: 'read_file',
			response: { output: { content: '[a.png]' } },
			parts: [{ inlineData: { mimeType: 'image/png', data: PNG.bytes.toString('base64') } }]
		},
		{ id: 'call-1-3', name: 'write_file', response: { error: expect.any(String) } }
	]);
	expect((await second.artifacts.get(client, run)).artifacts.map((a) => a.filename).sort()).toEqual(
		['more.md', 'notes.md']
	);
	// What a asked and thought reached the log; b was given a's answer.
	const transcript = second.view(run).steps[0]?.transcript ?? [];
	expect(transcript.map((item) => item.kind)).toEqual(
		expect.arrayContaining(['thought', 'text', 'tool'])
	);
	expect(gemini.requests[4]?.ask?.request.contents[0]?.parts[0]?.text).toContain('a is done');
});

test('G9 R18 a refusal of the service ends the step with its reason, and the others go on', async () => {
	gemini.script('You are a.', { finish: 'SAFETY' });
	gemini.script('You are b.', { text: ['b is done'] });
	const engine = stage.openEngine({ model: newModel() });
	const run = await engine.start(client, request({ a: [], b: [] }));
	const state = await engine.over(client, run);
	expect(state.steps).toMatchObject([
		{
			status: 'failed',
			error: { code: 'model_refused', message: expect.stringContaining('SAFETY') }
		},
		{ status: 'completed' }
	]);
});

test('G10 R17 stopping a run closes its connection to the service', async () => {
	const reached = gate();
	gemini.script('You are a.', async () => {
		reached.open();
		return new Promise(() => undefined);
	});
	const engine = stage.openEngine({ model: newModel() });
	const run = await engine.start(client, request({ a: [] }));
	await reached.opened;
	await until(() => gemini.requests.length > 0);
	await engine.stop(client, run);
	expect((await engine.over(client, run)).status).toBe('cancelled');
	expect(await gemini.requests[0]?.ended).toBe('client');
});

test('pictures are kept with a call only for a model that sees', async () => {
	const kept = async (model?: ReturnType<typeof newModel>) => {
		const scripts = {
			a: ({ turn }: { turn: number }) => (turn === 1 ? call(['read_file', {}]) : say('done'))
		};
		const engine = stage.openEngine({
			scripts,
			tools: [readsPicture()],
			...(model ? { model } : {})
		});
		const run = await engine.start(client, request({ a: [] }, { tools: ['read_file'] }));
		expect((await engine.over(client, run)).status).toBe('completed');
		const rows = stage.db.q.select().from(toolCalls).where(eq(toolCalls.runId, run)).all();
		return rows.map((row) => row.result);
	};
	gemini.script('You are a.', { calls: [['read_file', {}]] }, { text: ['done'] });
	const result = { content: '[a.png]' };
	expect(await kept()).toEqual([{ result }]);
	const media = [{ mimeType: 'image/png', base64: PNG.bytes.toString('base64') }];
	expect(await kept(newModel())).toEqual([{ result, media }]);
});

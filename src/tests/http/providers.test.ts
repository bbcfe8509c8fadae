import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientWithKey, newClient, type ApiClient } from '../support/api';
import { startGemini, type GeminiStandIn } from '../support/gemini/stand-in';
import type { Asked, StandIn } from '../support/openai/stand-in';
import { startOpenAi } from '../support/openai/stand-in';
import { startServer, type TestServer } from '../support/server';

/* Models of several providers in one workflow, through the built server. */

const KEY = 'sk-test-providers';
const LOCAL = 'openai:qwen3:8b';
const GEMINI = 'gemini:gemini-3.8-flash';
let local: StandIn;
let gemini: GeminiStandIn;
let server: TestServer;
let client: ApiClient;
let env: Record<string, string>;

beforeAll(async () => {
	local = await startOpenAi({ kind: 'llama.cpp', key: KEY, model: 'qwen3:8b' });
	gemini = await startGemini();
	env = { OPENAI_BASE_URL: local.url, OPENAI_API_KEY: KEY, ...gemini.env };
	server = await startServer({ env });
	client = await newClient(server.url);
}, 180_000);
afterAll(async () => {
	expect(server.output()).not.toContain(KEY);
	await server.dispose();
	expect(local.violations).toEqual([]);
	expect(gemini.refusals()).toEqual([]);
	await local.close();
	await gemini.close();
});

const agent = (id: string, model: string, depends_on: string[] = []) => ({
	...{ id, model, depends_on, prompt: `You are the ${id}.`, tools: ['list_files', 'write_file'] }
});
const start = (...agents: object[]) => client.start({ id: 'mix', name: 'Mix', agents });
const write = (filename: string) => ({ name: 'write_file', arguments: { filename, content: 'x' } });

async function asked(count: number): Promise<Asked> {
	while (local.asked.length < count) await new Promise((resolve) => setImmediate(resolve));
	const last = local.asked[count - 1];
	if (!last) throw new Error('nothing was asked');
	return last;
}

test('agents of three providers hand their work on in one run', async () => {
	local.reply(
		{ thoughts: 'Hm.', calls: [write('a.txt'), { name: 'list_files', arguments: {} }] },
		{ text: 'The local one says 41.' }
	);
	gemini.script(
		'the checker',
		{ calls: [['write_file', { filename: 'b.txt', content: 'y' }]] },
		{ text: ['Gemini says 42.'] }
	);
	const run = await start(
		agent('counter', LOCAL),
		agent('checker', GEMINI, ['counter']),
		agent('writer', 'builtin:analyst', ['checker'])
	);
	await client.events(run);
	const state = await client.state(run);
	expect(state.status).toBe('completed');
	expect(state.steps.map(({ model }) => model)).toEqual([LOCAL, GEMINI, 'builtin:analyst']);
	expect(JSON.stringify(gemini.requests.at(-1)?.body)).toContain('The local one says 41.');
	expect(state.steps[1]?.answer).toBe('Gemini says 42.');
	// Prices are not set: what was used is known, what it cost is not.
	expect(state.steps[0]).toMatchObject({ input_tokens: 24, output_tokens: 10, cost_usd: null });
	const { artifacts } = await client.artifacts(run);
	expect(artifacts.map(({ filename, agent_id }) => [filename, agent_id])).toEqual(
		expect.arrayContaining([
			['a.txt', 'counter'],
			['b.txt', 'checker']
		])
	);
});

test('the failure of one service ends its agent with what to do, and the others go on', async () => {
	local.reply({ status: 401, body: { error: { message: `no such key ${KEY}` } } });
	gemini.script('the bystander', { text: ['Done.'] });
	const run = await start(agent('counter', LOCAL), agent('bystander', GEMINI));
	await client.events(run);
	const state = await client.state(run);
	expect([state.status, state.completed_agents]).toEqual(['failed', ['bystander']]);
	expect(state.steps[0]?.error).toMatchObject({
		code: 'model_auth',
		message: expect.stringContaining('OPENAI_API_KEY')
	});
	expect(JSON.stringify(state)).not.toContain(KEY);
});

test('a failure that may pass is logged, voids what was streamed, and is tried again', async () => {
	local.reply({ text: 'A broken be', fault: 'reset_midway' }, { text: 'A whole answer.' });
	const run = await start(agent('counter', LOCAL));
	const events = await client.events(run);
	const again = events.filter(({ type }) => type === 'log').map(({ data }) => data);
	expect(JSON.stringify(again)).toMatch(/Trying again in \d+ s\..*"resume_turn":1/);
	expect((await client.state(run)).steps[0]?.answer).toBe('A whole answer.');
});

test('R17 stop closes the connection to the model', async () => {
	const before = local.asked.length;
	local.reply({ text: 'I begin', fault: 'stall_midway' });
	const run = await start(agent('counter', LOCAL));
	const turn = await asked(before + 1);
	expect((await client.fetch(`/runtime/${run}/stop`, { method: 'POST' })).status).toBe(202);
	await turn.over;
	expect(turn.left).toBe(true);
	await client.events(run);
	expect((await client.state(run)).status).toBe('cancelled');
});

test('R16 after a kill the turn that was not recorded is asked again, with the same history', async () => {
	const before = local.asked.length;
	local.reply(
		{ text: 'First.', calls: [write('c.txt'), write('d.txt')] },
		{ text: 'Second, never recor', fault: 'stall_midway' },
		{ text: 'Second, whole.' }
	);
	const run = await start(agent('counter', LOCAL));
	const cut = await asked(before + 2);
	const { storageRoot } = server;
	await server.kill9();
	server = await startServer({ storageRoot, env });
	client = clientWithKey(server.url, client.key, client.clientId);
	await client.events(run);
	expect((await client.state(run)).steps[0]).toMatchObject({
		status: 'completed',
		answer: 'Second, whole.',
		turns: 2
	});
	expect((await asked(before + 3)).body).toEqual(cut.body);
	expect(local.asked).toHaveLength(before + 3);
});

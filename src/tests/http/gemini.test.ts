import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientWithKey, latest, newClient, type ApiClient } from '../support/api';
import { startGemini, type GeminiStandIn } from '../support/gemini/stand-in';
import { startServer, type TestServer } from '../support/server';

/* The built server with a Gemini key: the real SDK, sandbox, database and disk; only Google is played. */

const CSV = 'region,total\nnorth,3\nsouth,4\n';
const CHART = `import matplotlib.pyplot as plt
rows = [line.split(',') for line in open('sales.csv').read().split()[1:]]
plt.bar([r[0] for r in rows], [int(r[1]) for r in rows])
plt.savefig('chart.png')
print(sum(int(r[1]) for r in rows))`;
const SLOW = `import time
time.sleep(2)
open('late.txt', 'w').write('written once')`;

let gemini: GeminiStandIn;
let server: TestServer;
let client: ApiClient;

beforeAll(async () => {
	gemini = await startGemini();
	server = await startServer({ env: gemini.env });
	client = await newClient(server.url);
	await client.put('sales.csv', CSV);
});
afterAll(async () => {
	await server.dispose();
	await rm(server.storageRoot, { recursive: true, force: true });
	await gemini.close();
});

const agent = (id: string, more: object) => ({
	id,
	prompt: `You are ${id}.`,
	model: 'fast',
	...more
});

async function ended(runId: string) {
	await client.events(runId);
	return client.state(runId);
}

test('J1 an agent draws a chart, looks at it, and another one writes it up', async () => {
	gemini.script(
		'You are drawer.',
		{ thoughts: ['A bar for each region.'], calls: [['execute_python', { code: CHART }]] },
		{ text: ['North 3, south 4. See ', 'chart.png.'] }
	);
	gemini.script(
		'You are writer.',
		{
			calls: [
				['read_file', { filename: 'chart.png' }],
				['write_file', { filename: 'report.md', content: '# Total: 7\n\n![Chart](chart.png)\n' }]
			]
		},
		{ text: ['The report is in report.md.'] }
	);
	const runId = await client.start({
		id: 'chart',
		name: 'Chart',
		user_directive: 'Chart the totals.',
		attached_files: ['sales.csv'],
		agents: [
			agent('drawer', { tools: ['execute_python'] }),
			agent('writer', {
				tools: ['read_file', 'write_file'],
				depends_on: ['drawer'],
				accepts_directive: false
			})
		]
	});
	const state = await ended(runId);
	expect(gemini.refusals()).toEqual([]);
	expect([state.status, state.steps.map((step) => step.model)]).toEqual([
		'completed',
		['gemini:gemini-3.8-flash', 'gemini:gemini-3.8-flash']
	]);
	const asks = gemini.requests.flatMap(({ ask }) => ask ?? []);
	const [first, second, third, fourth] = asks.map((ask) => ask.request.contents);
	expect(first?.[0]?.parts[1]?.text).toContain('north,3\nsouth,4');
	expect(third?.[0]?.parts).toHaveLength(1);
	const drawn = second?.at(-1)?.parts[0]?.functionResponse;
	expect(drawn?.response).toMatchObject({
		output: { ok: true, stdout: '7\n', files: ['chart.png'] }
	});
	const read = fourth?.at(-1)?.parts[0]?.functionResponse;
	const picture = drawn?.parts?.[0]?.inlineData;
	expect(picture?.mimeType).toBe('image/png');
	expect(read?.parts).toEqual([{ inlineData: picture }]);

	const files = latest(await client.artifacts(runId));
	expect([...files.keys()].sort()).toEqual(['chart.png', 'report.md']);
	const kept = await client.fetch(`/runtime/artifacts/${runId}/files/chart.png`);
	expect(Buffer.from(await kept.arrayBuffer()).toString('base64')).toBe(picture?.data);
});

test('J2 R16 the server is killed while a tool runs, and goes on with the same conversation', async () => {
	gemini.script(
		'You are slow.',
		{ text: ['One moment.'], calls: [['execute_python', { code: SLOW }]] },
		{ text: ['Done.'] }
	);
	const runId = await client.start({
		id: 'slow',
		name: 'Slow',
		agents: [agent('slow', { tools: ['execute_python'] })]
	});
	await client.events(runId, { until: (event) => event.type === 'tool_called' });
	await server.kill9();
	server = await startServer({ storageRoot: server.storageRoot, env: gemini.env });
	client = clientWithKey(server.url, client.key, client.clientId);

	const state = await ended(runId);
	expect(gemini.refusals()).toEqual([]);
	expect(state.steps).toMatchObject([{ status: 'completed', turns: 2, answer: 'Done.' }]);
	const turns = gemini.requests.filter(({ ask }) => ask?.system.startsWith('You are slow.'));
	expect(turns.map(({ ask }) => ask?.turn)).toEqual([1, 2]);
	const [, model] = turns[1]?.ask?.request.contents ?? [];
	expect(model?.parts[1]?.thoughtSignature).toMatch(/^[\w+/=]{80,}$/);
	expect([...latest(await client.artifacts(runId)).keys()]).toEqual(['late.txt']);
});

test('a key that is refused ends the step with words for a person, and is in no answer', async () => {
	const env = { ...gemini.env, GEMINI_API_KEY: 'AIza-not-this-one' };
	const other = await startServer({ env });
	const guest = await newClient(other.url);
	const agents = [agent('a', {})];
	const runId = await guest.start({ id: 'x', name: 'X', agents });
	const events = await guest.events(runId);
	const state = await guest.state(runId);
	expect(state.steps[0]?.error).toMatchObject({
		code: 'model_auth',
		message: expect.stringContaining('GEMINI_API_KEY')
	});
	expect(JSON.stringify([events, state]) + other.output()).not.toContain('AIza');
	await other.dispose();
});

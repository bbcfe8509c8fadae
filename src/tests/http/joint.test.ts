import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientWithKey, newClient, sha256, type ApiClient, type ServerEvent } from '../support/api';
import { auditStorage } from '../support/audit';
import { startE2b, type E2bStandIn } from '../support/e2b/e2b';
import { startGemini, type Ask, type GeminiStandIn } from '../support/gemini/stand-in';
import { startServer, type TestServer } from '../support/server';

/* Gemini agents through the built server: with code in E2B, and killed at the worst moments. */

const PROMPT = 'You draw what you are asked to draw.';
/** A 2 × 2 image by the standard library alone. */
const DRAW = [
	'import struct, zlib',
	'rows = [line.split(",") for line in open("points.csv").read().split()]',
	'chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))',
	'pixels = b"".join(b"\\0" + bytes(int(v) for v in row) for row in rows)',
	'png = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))',
	'open("plot.png", "wb").write(png + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b""))',
	'print("drawn", rows)'
].join('\n');

let gemini: GeminiStandIn;
let server: TestServer;
let client: ApiClient;

const responses = ({ request }: Ask) =>
	(request.contents.at(-1)?.parts ?? []).flatMap((part) => part.functionResponse ?? []);
const agent = (more: Record<string, unknown> = {}) => ({
	id: 'artist',
	prompt: PROMPT,
	model: 'gemini:gemini-3.8-flash',
	tools: ['execute_python', 'write_file'],
	...more
});
const start = (attached: string[] = [], more: Record<string, unknown> = {}) =>
	client.start({ id: 'draw', name: 'Draw', agents: [agent(more)], attached_files: attached });

/** The log without a gap, and every row with its file. */
async function sound(run: string): Promise<ServerEvent[]> {
	const log = await client.events(run);
	expect(log.map((event) => event.id)).toEqual(log.map((_, index) => index + 1));
	expect(gemini.refusals()).toEqual([]);
	return log;
}

async function restart(env: Record<string, string>): Promise<void> {
	const { storageRoot } = server;
	await server.kill9();
	server = await startServer({ storageRoot, env });
	client = clientWithKey(server.url, client.key, client.clientId);
}

describe('J1 J2 Gemini drives an E2B sandbox', () => {
	let e2b: E2bStandIn | null = null;
	let env: Record<string, string>;

	beforeAll(async () => {
		e2b = await startE2b();
	});
	beforeEach(async (context) => {
		if (!e2b) return context.skip();
		gemini = await startGemini();
		env = {
			...gemini.env,
			E2B_API_KEY: e2b.apiKey,
			E2B_API_URL: e2b.url,
			E2B_SANDBOX_URL: e2b.url
		};
		server = await startServer({ env });
		client = await newClient(server.url);
		await client.put('points.csv', '0,255\n255,0\n');
	});
	afterEach(async () => {
		if (!e2b) return;
		await server.dispose();
		await gemini.close();
	});
	afterAll(() => e2b?.close());

	it('J1 the image that the code made is shown to the model and kept as an artifact', async () => {
		let shown = '';
		gemini.script(
			PROMPT,
			{ thoughts: ['I draw it.'], calls: [['execute_python', { code: DRAW }]] },
			(ask) => {
				const [answer] = responses(ask);
				expect(answer?.response).toMatchObject({
					output: { ok: true, stdout: "drawn [['0', '255'], ['255', '0']]\n", files: ['plot.png'] }
				});
				shown = answer?.parts?.[0]?.inlineData.data ?? '';
				return { text: ['A checkerboard.'] };
			}
		);
		const run = await start(['points.csv']);
		await sound(run);
		expect(await client.state(run)).toMatchObject({ status: 'completed', error: null });
		const { artifacts } = await client.artifacts(run);
		expect(artifacts.map((a) => [a.filename, a.agent_id])).toEqual([['plot.png', 'artist']]);
		const kept = await client.fetch(`/runtime/artifacts/${run}/files/plot.png`);
		expect(kept.headers.get('content-type')).toBe('image/png');
		const bytes = Buffer.from(await kept.arrayBuffer());
		expect(sha256(bytes)).toBe(artifacts[0]?.sha256);
		expect(Buffer.from(shown, 'base64').equals(bytes)).toBe(true);
		// Kept for the run while it went on, gone with it.
		await expect.poll(() => e2b?.boxes.size).toBe(0);
		expect(auditStorage(server.storageRoot)).toEqual([]);
	});

	it('J2 killed in the middle of a tool call, it goes on in the same sandbox and repeats nothing recorded', async () => {
		const slow = `import time\nopen("here.txt", "w").write("x")\nfor _ in range(600): time.sleep(0.1)`;
		let asked = 0;
		gemini.script(
			PROMPT,
			{ calls: [['execute_python', { code: DRAW }]] },
			() => ({ calls: [['execute_python', { code: asked++ === 0 ? slow : DRAW }]] }),
			{ text: ['done'] }
		);
		const run = await start(['points.csv']);
		await client.events(run, {
			until: (event) => event.type === 'tool_called' && event.data.turn === 2
		});
		const [before] = [...(e2b?.boxes.keys() ?? [])];
		const requests = gemini.requests.length;
		await restart({ ...env, TOOL_TIMEOUT_S: '3' });
		await sound(run);
		const state = await client.state(run);
		expect(state).toMatchObject({ status: 'completed', error: null });
		expect(state.steps[0]).toMatchObject({ attempt: 1, turns: 3, answer: 'done' });
		// The turn whose call was cut off was recorded: only the turn after it was asked again.
		expect(gemini.requests.length).toBe(requests + 1);
		const created = (e2b?.seen ?? []).filter(
			(one) =>
				one.method === 'POST' && one.url.startsWith('/v2/sandboxes') && !/connect/.test(one.url)
		);
		expect(before).toBeDefined();
		expect(created.filter((one) => JSON.stringify(one.body).includes(run))).toHaveLength(1);
		await expect.poll(() => e2b?.boxes.size).toBe(0);
		expect(auditStorage(server.storageRoot)).toEqual([]);
	});
});

describe('a Gemini run that is killed', () => {
	beforeEach(async () => {
		gemini = await startGemini();
		server = await startServer({ env: gemini.env });
		client = await newClient(server.url);
	});
	afterEach(async () => {
		await server.dispose();
		await gemini.close();
	});

	it('R16 in the middle of a turn: the turn is asked again, and its half is void', async () => {
		gemini.script(
			PROMPT,
			{ calls: [['write_file', { filename: 'one.txt', content: '1' }]] },
			{ text: ['The first half. ', 'The second half.'] }
		);
		gemini.fault({ cut: 'stall', after: 1 }, { agent: PROMPT, turn: 2 });
		const run = await start();
		await client.events(run, { until: (event) => event.type === 'text_delta' });
		await restart(gemini.env);
		const log = await sound(run);
		expect(await client.state(run)).toMatchObject({ status: 'completed' });
		expect((await client.state(run)).steps[0]).toMatchObject({
			turns: 2,
			answer: 'The first half. The second half.'
		});
		const again = log.find((e) => e.type === 'step_started' && e.data.recovered === true);
		expect(again?.data.resume_turn).toBe(2);
		const turns = gemini.requests.map((request) => request.ask?.turn);
		expect(turns).toEqual([1, 2, 2]);
		expect((await client.artifacts(run)).artifacts).toHaveLength(1);
		expect(auditStorage(server.storageRoot)).toEqual([]);
	});

	it('R20 while a call waits for a person: the very call that was shown is run, and nothing is asked twice', async () => {
		gemini.script(
			PROMPT,
			{ calls: [['write_file', { filename: 'one.txt', content: 'as shown' }]] },
			{ text: ['Written.'] }
		);
		const run = await start([], { tools_requiring_approval: ['write_file'] });
		const before = await client.events(run, { until: (e) => e.type === 'approval_requested' });
		expect(before.at(-1)?.data).toMatchObject({
			tool: 'write_file',
			arguments: { filename: 'one.txt', content: 'as shown' }
		});
		await restart(gemini.env);
		expect(await client.state(run)).toMatchObject({ status: 'awaiting_approval' });
		expect((await client.artifacts(run)).artifacts).toEqual([]);
		const answer = await client.fetch(`/runtime/${run}/approve`, {
			method: 'POST',
			body: JSON.stringify({ agent_id: 'artist', approved: true }),
			headers: { 'content-type': 'application/json' }
		});
		expect(answer.status).toBe(202);
		await sound(run);
		expect(await client.state(run)).toMatchObject({ status: 'completed' });
		expect(gemini.requests.map((request) => request.ask?.turn)).toEqual([1, 2]);
		const kept = await client.fetch(`/runtime/artifacts/${run}/files/one.txt`);
		expect(await kept.text()).toBe('as shown');
		expect(auditStorage(server.storageRoot)).toEqual([]);
	});

	it('R20 a refusal is read by the agent, with the note', async () => {
		let told = '';
		gemini.script(
			PROMPT,
			{ calls: [['write_file', { filename: 'one.txt', content: 'x' }]] },
			(ask) => {
				told = JSON.stringify(responses(ask)[0]?.response);
				return { text: ['Then I leave it.'] };
			}
		);
		const run = await start([], { tools_requiring_approval: ['write_file'] });
		await client.events(run, { until: (e) => e.type === 'approval_requested' });
		await client.fetch(`/runtime/${run}/approve`, {
			method: 'POST',
			body: JSON.stringify({ agent_id: 'artist', approved: false, note: 'Not this file.' }),
			headers: { 'content-type': 'application/json' }
		});
		await sound(run);
		expect(told).toMatch(/refused this call[^]*Not this file\./);
		expect(await client.state(run)).toMatchObject({ status: 'completed' });
		expect((await client.artifacts(run)).artifacts).toEqual([]);
	});
});

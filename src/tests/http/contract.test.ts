import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRunEventType } from '$lib/domain/run-event';
import { workflowSchema } from '$lib/domain/workflow';
import { newClient, type ApiClient } from '../support/api';
import { expectError, parse, send, type Ask } from '../support/http';
import { multipart } from '../support/routes';
import { startServer, type TestServer } from '../support/server';
import * as shapes from '../support/shapes';

/* The HTTP contract to the letter: each row's answer, key by key. */

let server: TestServer;
let client: ApiClient;
let run: string;

const ask = (at: string, options: Ask = {}) =>
	send(server.url, at, {
		...options,
		headers: { 'X-RARO-CLIENT-ID': client.key, ...options.headers }
	});
const sendJson = (method: string, at: string, body: unknown) =>
	ask(at, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const start = (body: unknown) => sendJson('POST', '/runtime/start', body);
const agent = (id: string, more: object = {}) => ({ id, prompt: 'Say what is there.', ...more });
const graph = (agents: object[], more: object = {}) => ({ id: 'w', name: 'W', agents, ...more });

beforeAll(async () => {
	server = await startServer();
	client = await newClient(server.url);
	await client.put('sales.csv', 'day,units\n2026-01-01,3\n2026-01-02,4\n2026-01-03,9\n');
	run = await client.start({ id: 'data-profile', attached_files: ['sales.csv'] });
	await client.events(run);
}, 180_000);
afterAll(() => server.dispose());

describe('client and library', () => {
	test('POST clients, GET and DELETE client', async () => {
		const made = await send(server.url, '/runtime/clients', { method: 'POST' });
		expect(made.status).toBe(201);
		const { client_id, client_key } = shapes.newClient.parse(parse(made));
		const headers = { 'X-RARO-CLIENT-ID': client_key };
		const about = await send(server.url, '/runtime/client', { headers });
		expect(shapes.clientState.parse(parse(about)).client_id).toBe(client_id);
		const gone = await send(server.url, '/runtime/client', { method: 'DELETE', headers });
		expect([gone.status, gone.text]).toEqual([204, '']);
	});

	test('DELETE client removes runs with all they made, and a run at work', async () => {
		const other = await newClient(server.url);
		await other.put('a.csv', 'x\n1\n2\n');
		const ended = await other.start({ id: 'data-profile', attached_files: ['a.csv'] });
		await other.events(ended);
		const active = await other.start({ id: 'data-profile', attached_files: ['a.csv'] });
		await other.events(active, { until: (event) => event.type === 'step_started' });
		expect((await other.fetch('/runtime/client', { method: 'DELETE' })).status).toBe(204);
		const left = readdirSync(server.storageRoot, { recursive: true, encoding: 'utf8' });
		for (const id of [other.clientId, ended, active])
			expect(left.filter((entry) => entry.includes(id))).toEqual([]);
	});

	test('LibraryFile, list sorted by name, upload, rename and delete', async () => {
		for (const name of ['zebra.txt', 'Apple.txt', 'ärger.txt', 'mango.txt'])
			shapes.libraryFile.parse(await client.put(name, name));
		const { files } = shapes.libraryList.parse(parse(await ask('/runtime/library')));
		const names = files.map((file) => file.name);
		const order = new Intl.Collator('en', { sensitivity: 'base' });
		for (const [before, after] of [
			['Apple.txt', 'mango.txt'],
			['mango.txt', 'sales.csv'],
			['sales.csv', 'zebra.txt']
		] as const) {
			expect(order.compare(before, after)).toBeLessThan(0);
			expect(names.indexOf(before)).toBeLessThan(names.indexOf(after));
		}
		const answer = await ask('/runtime/library/upload', {
			method: 'POST',
			headers: { 'content-type': 'multipart/form-data; boundary=b' },
			body: multipart('b', [
				{ name: 'kept.txt', text: 'k' },
				{ name: '..', text: 'x' }
			])
		});
		expect(answer.status).toBe(201);
		const { refused } = shapes.uploadAnswer.parse(parse(answer));
		expect(refused).toMatchObject([{ name: '..', code: 'invalid' }]);
		const renamed = await sendJson('PATCH', '/runtime/library/files/kept.txt', { name: 'K.txt' });
		expect(renamed.status).toBe(200);
		expect(shapes.libraryFile.parse(parse(renamed)).name).toBe('K.txt');
		const deleted = await ask('/runtime/library/files/K.txt', { method: 'DELETE' });
		expect([deleted.status, deleted.text]).toEqual([204, '']);
	});

	test('R8 twenty uploads of one name at once are twenty files', async () => {
		const other = await newClient(server.url);
		const made = await Promise.all(
			Array.from({ length: 20 }, (_, i) => other.put(i % 2 ? 'same.csv' : 'SAME.csv', `body ${i}`))
		);
		expect(new Set(made.map((file) => file.name.toLowerCase())).size).toBe(20);
		const own = (await other.library()).filter((file) => file.scope === 'private');
		expect(new Set(own.map((file) => file.sha256)).size).toBe(20);
		const only = await Promise.all(
			Array.from({ length: 8 }, () =>
				other.fetch('/runtime/library/files/one.txt?on_conflict=error', {
					method: 'PUT',
					body: 'x'
				})
			)
		);
		expect(only.map((answer) => answer.status).sort()).toEqual([201, ...Array(7).fill(409)]);
	});
});

describe('workflows and start', () => {
	test('GET workflows and one of them', async () => {
		const list = parse<{ workflows: { id: string }[] }>(await ask('/runtime/workflows'));
		expect(Object.keys(list)).toEqual(['workflows']);
		expect(list.workflows[0]?.id).toBe('data-profile');
		for (const workflow of list.workflows) workflowSchema.parse(workflow);
		const one = await ask('/runtime/workflows/data-profile');
		expect(parse(one)).toEqual(list.workflows[0]);
		expectError(await ask('/runtime/workflows/nope'), 404, 'not_found');
	});

	test('PUT, GET, start and DELETE of an own workflow', async () => {
		const at = '/runtime/workflows/mine';
		const body = { id: 'mine', name: 'Mine', agents: [agent('a')], max_token_budget: 9000 };
		const put = (more: object = {}, path = at) => sendJson('PUT', path, { ...body, ...more });
		const created = await put();
		expect([created.status, parse(created)]).toEqual([201, workflowSchema.parse(body)]);
		const replaced = await put({ name: 'Again' });
		expect([replaced.status, parse<{ name: string }>(replaced).name]).toEqual([200, 'Again']);
		expect((await ask(at)).text).toBe(replaced.text);
		const list = parse<{ workflows: unknown[] }>(await ask('/runtime/workflows'));
		expect(list.workflows.at(-1)).toEqual(parse(replaced));

		const started = await client.start({ id: 'mine' });
		await client.events(started);
		expect(await client.state(started)).toMatchObject({ workflow_id: 'mine', name: 'Again' });

		const other = await newClient(server.url);
		expect((await other.fetch(at)).status).toBe(404);
		expect((await other.fetch(at, { method: 'DELETE' })).status).toBe(404);
		await expect(other.start({ id: 'mine' })).rejects.toThrow('422');

		const gone = await ask(at, { method: 'DELETE' });
		expect([gone.status, gone.text]).toEqual([204, '']);
		expectError(await ask(at, { method: 'DELETE' }), 404, 'not_found');
		expectError(await start({ id: 'mine' }), 422, 'invalid');
	});

	test.each([
		['another id than its address', { id: 'other' }, 'other'],
		['a cycle', { agents: [agent('loop', { depends_on: ['loop'] })] }, 'loop'],
		['an unknown tool', { agents: [agent('a', { tools: ['rm_rf'] })] }, 'rm_rf'],
		['a model that is not there', { agents: [agent('lost', { model: 'builtin:no' })] }, 'lost'],
		['an unknown key', { surprise: 1 }, 'surprise']
	])('a workflow with %s is 422, named in details, and is not stored', async (_, more, culprit) => {
		const body = { id: 'bad', name: 'Bad', agents: [agent('a')], ...more };
		const answer = await sendJson('PUT', '/runtime/workflows/bad', body);
		expectError(answer, 422, 'invalid');
		expect(JSON.stringify(parse<{ details: unknown }>(answer).details)).toContain(culprit);
		expectError(await ask('/runtime/workflows/bad'), 404, 'not_found');
	});

	test('starters cannot be replaced or deleted', async () => {
		const at = '/runtime/workflows/data-profile';
		const starter = parse<object>(await ask(at));
		expectError(await sendJson('PUT', at, starter), 403, 'forbidden');
		expectError(await ask(at, { method: 'DELETE' }), 403, 'forbidden');
	});

	test('POST start answers 201 with success and the id the server made', async () => {
		const answer = await start(graph([agent('a')], { user_directive: 'Hi', attached_files: [] }));
		expect(answer.status).toBe(201);
		const { run_id } = shapes.startAnswer.parse(parse(answer));
		await client.events(run_id);
	});

	test.each([
		['a cycle', graph([agent('a', { depends_on: ['b'] }), agent('b', { depends_on: ['a'] })]), 'a'],
		['itself', graph([agent('loop', { depends_on: ['loop'] })]), 'loop'],
		['an unknown dependency', graph([agent('a', { depends_on: ['nobody'] })]), 'nobody'],
		['a duplicate id', graph([agent('twin'), agent('twin')]), 'twin'],
		['an illegal id', graph([agent('../up')]), '../up'],
		['an unknown tool', graph([agent('a', { tools: ['rm_rf'] })]), 'rm_rf'],
		['an unknown attachment', graph([agent('a')], { attached_files: ['no.csv'] }), 'no.csv'],
		['a path as attachment', graph([agent('a')], { attached_files: ['../raro.db'] }), 'raro.db'],
		['an unknown workflow', { id: 'missing-one' }, 'missing-one'],
		['an unknown key', graph([agent('a')], { surprise: 1 }), 'surprise'],
		['an unknown key of an agent', graph([agent('a', { surprise: 1 })]), 'surprise'],
		[
			'an unknown key of a position',
			graph([agent('a', { position: { x: 0, y: 0, z: 0 } })]),
			'position'
		],
		['no agents', graph([]), 'agents'],
		['an unknown role', graph([agent('a', { role: 'boss' })]), 'role'],
		['an unknown model', graph([agent('a', { model: 'gpt' })]), 'model'],
		['a budget of nothing', graph([agent('a')], { max_token_budget: 0 }), 'max_token_budget'],
		['a time below zero', graph([agent('a')], { timeout_ms: -1 }), 'timeout_ms']
	])('R12 %s is 422, named in details, and creates nothing', async (_, body, culprit) => {
		const before = await ask('/runtime/runs');
		const answer = await start(body);
		expectError(answer, 422, 'invalid');
		expect(JSON.stringify(parse<{ details: unknown }>(answer).details)).toContain(culprit);
		expect((await ask('/runtime/runs')).text).toBe(before.text);
	});
});

describe('a run', () => {
	test('RunState, while it works and after', async () => {
		const ended = shapes.runState.parse(parse(await ask(`/runtime/state?run_id=${run}`)));
		expect(ended.steps.map((step) => step.agent_id)).toEqual(
			expect.arrayContaining(ended.completed_agents)
		);
		const tokens = ended.steps.reduce((n, step) => n + step.input_tokens + step.output_tokens, 0);
		expect(ended.total_tokens_used).toBe(tokens);
		expect(ended.last_event).toBe((await client.events(run)).length);

		const active = await client.start({ id: 'data-profile', attached_files: ['sales.csv'] });
		await client.events(active, { until: (event) => event.type === 'tool_called' });
		const state = shapes.runState.parse(parse(await ask(`/runtime/state?run_id=${active}`)));
		expect(state).toMatchObject({ status: 'running', end_time: null, error: null });
		expect(state.active_agents).toEqual(['profiler']);
		expect(state.steps.find((step) => step.agent_id === 'writer')).toMatchObject({
			status: 'waiting',
			attempt: 0,
			started_at: null,
			ended_at: null,
			answer: null
		});
		await client.events(active);
	});

	test('R18 a run over its own time ends failed with the reason, naming who was skipped', async () => {
		const late = await client.start({
			...workflowSchema.parse(parse(await ask('/runtime/workflows/data-profile'))),
			attached_files: ['sales.csv'],
			timeout_ms: 1
		});
		expect((await client.events(late)).at(-1)).toMatchObject({
			type: 'run_finished',
			data: { status: 'failed', error: { code: 'run_timeout' } }
		});
		const state = shapes.runState.parse(parse(await ask(`/runtime/state?run_id=${late}`)));
		expect(state.error?.code).toBe('run_timeout');
		expect([...state.failed_agents, ...state.skipped_agents].sort()).toEqual([
			'charts',
			'profiler',
			'quality',
			'writer'
		]);
	});

	test('GET runs, page by page', async () => {
		const first = shapes.runList.parse(parse(await ask('/runtime/runs?limit=1')));
		expect(first.runs).toHaveLength(1);
		const more = shapes.runList.parse(parse(await ask(`/runtime/runs?cursor=${first.next ?? ''}`)));
		expect(more.runs[0]?.run_id).not.toBe(first.runs[0]?.run_id);
		expect(more.runs.map((r) => r.run_id)).toContain(run);
		for (const bad of ['?limit=0', '?limit=x', '?cursor=zzz'])
			expectError(await ask(`/runtime/runs${bad}`), 422, 'invalid');
	});

	test('R19 events have id, event and data, in this order and nothing else', async () => {
		const answer = await ask(`/runtime/${run}/events`);
		expect(answer.status).toBe(200);
		expect(answer.headers['content-type']).toMatch(/^text\/event-stream/);
		expect(answer.headers['cache-control']).toBe('private, no-store');
		const blocks = answer.text.split('\n\n').filter((b) => b.startsWith('id:'));
		expect(answer.text.endsWith('\n\n')).toBe(true);
		for (const [i, block] of blocks.entries()) {
			const [, id, type = '', data = ''] =
				/^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(block) ?? [];
			expect([Number(id), isRunEventType(type)]).toEqual([i + 1, true]);
			const payload = JSON.parse(data) as Record<string, unknown>;
			expect(payload).toMatchObject({ run_id: run, at: expect.stringMatching(/Z$/) as unknown });
			if (!type.startsWith('run_')) expect(payload.agent_id).toEqual(expect.any(String));
		}
		expect(blocks.at(-1)).toContain('event: run_finished');
		const both = await ask(`/runtime/${run}/events?after=1`, {
			headers: { 'last-event-id': String(blocks.length - 1) }
		});
		expect(both.text.split('\n\n').filter((b) => b.startsWith('id:'))).toEqual(blocks.slice(-1));
		expect((await ask(`/runtime/${run}/events?after=${blocks.length}`)).text).not.toContain('id:');
		for (const bad of ['-1', 'x', '1.5'])
			expectError(await ask(`/runtime/${run}/events?after=${bad}`), 422, 'invalid');
	});

	test('R21 stop is 202 and cancels, resume is 202 and completes it', async () => {
		const stopped = await client.start({ id: 'data-profile', attached_files: ['sales.csv'] });
		await client.events(stopped, { until: (event) => event.type === 'tool_called' });
		const asked = Date.now();
		expect((await ask(`/runtime/${stopped}/stop`, { method: 'POST' })).status).toBe(202);
		const before = await client.events(stopped);
		// R17: within two seconds.
		expect(Date.parse(String(before.at(-1)?.data.at)) - asked).toBeLessThan(2000);
		expect((await client.state(stopped)).status).toBe('cancelled');
		expectError(await ask(`/runtime/${stopped}/stop`, { method: 'POST' }), 409, 'conflict');
		expect((await ask(`/runtime/${stopped}/resume`, { method: 'POST' })).status).toBe(202);
		const after = await client.events(stopped, { after: before.length });
		expect(after[0]).toMatchObject({ type: 'run_started', data: { resumed: true } });
		expect(after.at(-1)).toMatchObject({ data: { status: 'completed' } });
		expectError(await ask(`/runtime/${stopped}/resume`, { method: 'POST' }), 409, 'conflict');
	});

	test('GET files and one file', async () => {
		const files = shapes.sessionFiles.parse(parse(await ask(`/runtime/${run}/files`)));
		expect(files.input.map((file) => file.name)).toEqual(['sales.csv']);
		expectError(await ask(`/runtime/${run}/files/none.csv`), 404, 'not_found');
		const part = await ask(`/runtime/${run}/files/sales.csv`, { headers: { range: 'bytes=0-2' } });
		expect([part.status, part.text]).toEqual([206, 'day']);
	});
});

describe('artifacts', () => {
	const file = '/files/report.md';
	const at = (rest = '') => `/runtime/artifacts/${run}${rest}`;

	test('the list and one run', async () => {
		const { artifacts } = shapes.artifactList.parse(parse(await ask('/runtime/artifacts')));
		const times = artifacts.map(({ metadata }) => metadata.created_at);
		expect(times).toEqual([...times].sort().reverse());
		const one = shapes.runArtifacts.parse(parse(await ask(at())));
		expect(artifacts.find((entry) => entry.run_id === run)?.metadata).toEqual(one);
		for (const bad of ['?since=x', '?limit=0']) {
			const answer = await ask(`/runtime/artifacts${bad}`);
			expectError(answer, 422, 'invalid');
		}
	});

	test('bytes with Range, If-Range, ETag, 304, 206, 416 and HEAD, as for the library', async () => {
		const whole = await ask(at(file));
		const etag = whole.headers.etag ?? '';
		expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
		const get = (headers: Record<string, string>) => ask(at(file), { headers });
		expect((await get({ 'if-none-match': etag })).status).toBe(304);
		const part = await get({ range: 'bytes=1-3', 'if-range': etag });
		expect([part.status, part.text]).toEqual([206, whole.body.subarray(1, 4).toString()]);
		expect((await get({ range: 'bytes=1-3', 'if-range': '"x"' })).status).toBe(200);
		const beyond = await get({ range: `bytes=${whole.body.length}-` });
		expect(beyond.status).toBe(416);
		expect(beyond.headers['content-range']).toBe(`bytes */${whole.body.length}`);
		expectError(beyond, 416, 'invalid');
		const head = await ask(at(file), { method: 'HEAD' });
		expect([head.status, head.headers['content-length']]).toEqual([200, String(whole.body.length)]);
	});

	test('PATCH, promote and clear', async () => {
		const later = '2999-01-01T00:00:00.000Z';
		const patched = await sendJson('PATCH', at(), { pinned: true, expires_at: later });
		expect(shapes.runArtifacts.parse(parse(patched))).toMatchObject({
			pinned: true,
			expires_at: later
		});
		expectError(await sendJson('PATCH', at(), { pinned: true, until: later }), 422, 'invalid');
		const first = await ask(at(`${file}/promote`), { method: 'POST' });
		expect(first.status).toBe(201);
		const saved = shapes.libraryFile.parse(parse(first));
		expect(saved.origin).toMatchObject({ run_id: run, filename: 'report.md' });
		const again = await ask(at(`${file}/promote`), { method: 'POST' });
		expect([again.status, again.text]).toEqual([200, first.text]);
		await ask(`/runtime/library/files/${saved.name}`, { method: 'DELETE' });
		expect((await ask(at(`${file}/promote`), { method: 'POST' })).status).toBe(201);
		const cleared = await sendJson('POST', '/runtime/artifacts/clear', { older_than_hours: 0 });
		expect(shapes.clearAnswer.parse(parse(cleared)).deleted).not.toContain(run);
		const extra = { older_than_hours: 0, force: true };
		expectError(await sendJson('POST', '/runtime/artifacts/clear', extra), 422, 'invalid');
		expectError(await sendJson('POST', '/runtime/artifacts/clear', {}), 422, 'invalid');
	});

	test('DELETE one file, all of a run, and the run', async () => {
		for (const path of [at(file), at(), `/runtime/${run}`]) {
			const answer = await ask(path, { method: 'DELETE' });
			expect([path, answer.status, answer.text]).toEqual([path, 204, '']);
		}
		expectError(await ask(`/runtime/state?run_id=${run}`), 404, 'not_found');
	});
});

test('GET /health', async () => {
	shapes.health.parse(parse(await send(server.url, '/health')));
});

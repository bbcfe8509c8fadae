import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newClient, type ApiClient } from '../support/api';
import { expectError, parse, send, type Ask } from '../support/http';
import { startServer, type TestServer } from '../support/server';

let server: TestServer;
let client: ApiClient;

const ask = (at: string, options: Ask = {}, key = client.key) =>
	send(server.url, at, { ...options, headers: { 'X-RARO-CLIENT-ID': key, ...options.headers } });
const put = (id: string, body: object, headers: Ask['headers'] = {}) =>
	ask(`/runtime/workflows/${id}`, {
		method: 'PUT',
		body: JSON.stringify({ id, ...body }),
		headers: { 'content-type': 'application/json', ...headers }
	});
const agents = (prompt: string) => [{ id: 'reader', prompt }];

beforeAll(async () => {
	server = await startServer();
	client = await newClient(server.url);
}, 120_000);
afterAll(() => server.dispose());

describe('versions of a stored workflow', () => {
	test('each PUT that changes something makes one; an old one is read, and put back', async () => {
		await put('churn', { name: 'One', agents: agents('Read.') });
		await put('churn', { name: 'Two', agents: agents('Read twice.') });
		await put('churn', { name: 'Two', agents: agents('Read twice.') });
		const at = '/runtime/workflows/churn/versions';
		const time = expect.stringMatching(/^\d{4}-.*Z$/);
		expect(parse(await ask(at))).toEqual({
			versions: [
				{ version: 2, created_at: time, name: 'Two', agents: 1 },
				{ version: 1, created_at: time, name: 'One', agents: 1 }
			]
		});
		const first = parse<{ workflow: object }>(await ask(`${at}/1`));
		expect(Object.keys(first)).toEqual(['version', 'created_at', 'workflow']);
		expect((await put('churn', first.workflow)).status).toBe(200);
		expect(parse(await ask('/runtime/workflows/churn'))).toEqual(first.workflow);
		expect(parse<{ versions: object[] }>(await ask(at)).versions).toHaveLength(3);
	});

	test('are nobody else’s, and what is no version is not found', async () => {
		await put('mine', { name: 'Mine', agents: agents('Read.') });
		const other = await newClient(server.url);
		const at = '/runtime/workflows/mine/versions';
		for (const path of [at, `${at}/1`])
			expectError(await ask(path, {}, other.key), 404, 'not_found');
		const page = '/workflows/mine/versions';
		expect((await ask(page)).status).toBe(200);
		for (const [address, key] of [
			[page, other.key],
			[`${page}?v=2`, client.key],
			[`${page}?v=x`, client.key],
			['/workflows/data-profile/versions', client.key]
		] as const)
			expect((await ask(address, {}, key)).status, address).toBe(404);
		for (const n of ['0', '2', '-1', '1.5', 'x', '99999999999'])
			expectError(await ask(`${at}/${n}`), 404, 'not_found');
	});
});

describe('a PUT that names what it replaces', () => {
	const own = (name: string) => ({ name, agents: agents('Read.') });

	test('is refused with 409 when something newer is stored, and changes nothing then', async () => {
		const created = await put('team', own('One'), { 'if-none-match': '*' });
		expect(created.status).toBe(201);
		const first = created.headers.etag ?? '';
		expect((await ask('/runtime/workflows/team')).headers.etag).toBe(first);
		const second = await put('team', own('Two'), { 'if-match': first });
		expect([second.status, second.headers.etag]).toEqual([200, expect.stringMatching(/^"2-/)]);

		const late = await put('team', own('Late'), { 'if-match': first });
		expectError(late, 409, 'conflict');
		expect(parse<{ details: unknown }>(late).details).toEqual([
			{
				workflow_id: 'team',
				problem: 'changed_meanwhile',
				version: 2,
				created_at: expect.stringMatching(/^\d{4}-.*Z$/)
			}
		]);
		expectError(await put('team', own('New'), { 'if-none-match': '*' }), 409, 'conflict');
		expect(parse(await ask('/runtime/workflows/team'))).toMatchObject({ name: 'Two' });
		expect((await put('team', own('Late'), { 'if-match': second.headers.etag })).status).toBe(200);
		expect((await put('team', own('Whatever'))).status).toBe(200);
	});

	test('is refused when what it replaces was deleted, and when it cannot be understood', async () => {
		const { etag } = (await put('gone', own('One'))).headers;
		await ask('/runtime/workflows/gone', { method: 'DELETE' });
		expectError(await put('gone', own('Two'), { 'if-match': etag }), 409, 'conflict');
		expectError(await put('gone', own('Two'), { 'if-match': '*' }), 422, 'invalid');
		expectError(await ask('/runtime/workflows/gone'), 404, 'not_found');
	});

	test('is no conflict when exactly this is stored already: the answer may have been lost', async () => {
		const created = await put('retried', own('One'), { 'if-none-match': '*' });
		const again = await put('retried', own('One'), { 'if-none-match': '*' });
		expect([created.status, again.status]).toEqual([201, 200]);
		expect(again.headers.etag).toBe(created.headers.etag);
		const { versions } = parse<{ versions: object[] }>(
			await ask('/runtime/workflows/retried/versions')
		);
		expect(versions).toHaveLength(1);
	});

	test('a form whose workflow was deleted asks first, and is stored again when told to', async () => {
		const { etag } = (await put('form', own('One'))).headers;
		await ask('/runtime/workflows/form', { method: 'DELETE' });
		const save = (more: Record<string, string>) =>
			ask('/workflows/form/edit?/save', {
				method: 'POST',
				headers: {
					accept: 'text/html',
					origin: new URL(server.url).origin,
					'content-type': 'application/x-www-form-urlencoded'
				},
				body: new URLSearchParams({
					id: 'form',
					name: 'Mine',
					base: etag?.replaceAll('"', '') ?? '',
					'agents.0.id': 'reader',
					'agents.0.prompt': 'Read what is left.',
					...more
				}).toString()
			});
		// Wrong besides: what was typed stays, and no link leads to what is gone.
		const wrong = await save({ 'agents.0.model': 'nonsense' });
		expect(wrong.status).toBe(422);
		for (const words of ['This cannot be saved yet', 'not stored any more', 'Read what is left.'])
			expect(wrong.text).toContain(words);
		expect(wrong.text).not.toContain('href="/workflows/form"');
		const asked = await save({});
		expect(asked.status).toBe(409);
		for (const words of ['was deleted meanwhile', 'Save it again', 'Read what is left.'])
			expect(asked.text).toContain(words);
		expectError(await ask('/runtime/workflows/form'), 404, 'not_found');
		expect((await save({ over: '' })).status).toBe(303);
		expect(parse(await ask('/runtime/workflows/form'))).toMatchObject({ name: 'Mine' });
	});
});

test('the JSON Schema is public, and what it requires the server requires', async () => {
	const answer = await send(server.url, '/runtime/workflow-schema.json');
	expect(answer.status).toBe(200);
	const schema = parse<{ required: string[] }>(answer);
	expect(schema.required).toEqual(['id', 'name', 'agents']);
	const refused = await put('broken', { name: 'Broken' });
	expect(parse<{ message: string }>(refused).message).toContain('agents');
	const circle = await put('circle', {
		name: 'Circle',
		agents: ['a', 'b'].map((id, n) => ({ id, prompt: 'Go.', depends_on: [n === 0 ? 'b' : 'a'] }))
	});
	expect(parse<{ details: unknown }>(circle).details).toMatchObject([
		{ agent_id: 'a', problem: 'cycle' }
	]);
});

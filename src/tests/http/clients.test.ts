import { existsSync, readFileSync, readdirSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newClient } from '../support/api';
import { expectError, parse, send } from '../support/http';
import { clientRoutes, libraryFileRoutes, runRoutes } from '../support/routes';
import { startServer, type TestServer } from '../support/server';

const NEVER = '00000000-0000-4000-8000-000000000000';
const COOKIE = 'raro_session_id';
let server: TestServer;

beforeAll(async () => {
	server = await startServer();
});
afterAll(() => server.dispose());

const everyRoute = [
	...clientRoutes(),
	...libraryFileRoutes('a.txt'),
	...runRoutes(NEVER, 'a.txt', 'a.txt')
];
const asClient = (headers: OutgoingHttpHeaders) => send(server.url, '/runtime/client', { headers });

describe('a client', () => {
	it('R33 is issued with a key of at least 128 bits and a cookie that scripts cannot read', async () => {
		const answer = await send(server.url, '/runtime/clients', { method: 'POST' });
		expect(answer.status).toBe(201);
		const { client_id, client_key } = parse<{ client_id: string; client_key: string }>(answer);
		expect(client_key.length).toBeGreaterThanOrEqual(22);
		expect(client_key).not.toContain(client_id);
		const cookie = answer.headers['set-cookie']?.find((c) => c.startsWith(`${COOKIE}=`)) ?? '';
		expect(cookie).toContain(client_key);
		expect(cookie).toMatch(/HttpOnly/i);
		expect(cookie).toMatch(/SameSite=Lax/i);
		expect(cookie).toMatch(/Path=\//i);
		const other = await newClient(server.url);
		expect(other.key).not.toBe(client_key);
	});

	it('R33 is known by header, by cookie, or by both when they are the same', async () => {
		const { key, clientId } = await newClient(server.url);
		for (const headers of [
			{ 'X-RARO-CLIENT-ID': key },
			{ cookie: `${COOKIE}=${key}` },
			{ 'X-RARO-CLIENT-ID': key, cookie: `${COOKIE}=${key}` }
		]) {
			const answer = await asClient(headers);
			expect(answer.status).toBe(200);
			expect(parse(answer)).toMatchObject({
				client_id: clientId,
				created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
				usage: { library_bytes: 0, artifact_bytes: 0, files: 0 },
				limits: { file_bytes: 10 * 1024 ** 3, library_bytes: 50 * 1024 ** 3 }
			});
		}
	});

	it('R33 is stored only as a hash of its key', async () => {
		const { key } = await newClient(server.url);
		for (const name of readdirSync(server.storageRoot))
			if (name.startsWith('raro.db'))
				expect(readFileSync(path.join(server.storageRoot, name)).includes(key)).toBe(false);
	});

	it.each(everyRoute)('R33 $method $path answers 401 without a key', async (route) => {
		const answer = await send(server.url, route.path, route);
		expect(answer.status).toBe(401);
		if (route.method !== 'HEAD') expectError(answer, 401, 'unauthorized');
		expect(answer.headers['set-cookie']).toBeUndefined();
	});

	it('R33 is refused with conflicting, empty, malformed and unknown keys', async () => {
		const [one, two] = [await newClient(server.url), await newClient(server.url)];
		const both = await asClient({ 'X-RARO-CLIENT-ID': one.key, cookie: `${COOKIE}=${two.key}` });
		expect(both.status).toBe(400);
		const bad = ['', ' ', 'x', '../../etc/passwd', 'é'.repeat(30), 'a'.repeat(5000), one.clientId];
		for (const key of bad) {
			for (const headers of [
				{ 'X-RARO-CLIENT-ID': Buffer.from(key).toString('latin1') },
				{ cookie: `${COOKIE}=${encodeURIComponent(key)}` }
			]) {
				const answer = await asClient(headers);
				expect(answer.status, JSON.stringify(headers)).toBeGreaterThanOrEqual(400);
				expect(answer.status).toBeLessThan(500);
			}
		}
		const unknown = one.key.replace(/.{10}$/, 'AAAAAAAAAA');
		expect((await asClient({ 'X-RARO-CLIENT-ID': unknown })).status).toBe(401);
	});

	it('R33 is made for a page without a key, and kept on the next', async () => {
		const first = await send(server.url, '/', { headers: { accept: 'text/html' } });
		expect(first.status).toBe(200);
		const cookie = first.headers['set-cookie']?.find((c) => c.startsWith(`${COOKIE}=`));
		expect(cookie).toMatch(/HttpOnly/i);
		const kept = cookie?.split(';')[0] ?? '';
		expect((await asClient({ cookie: kept })).status).toBe(200);
		const second = await send(server.url, '/', { headers: { accept: 'text/html', cookie: kept } });
		const renewed = second.headers['set-cookie']?.find((c) => c.startsWith(`${COOKIE}=`));
		if (renewed) expect(renewed.split(';')[0]).toBe(kept);
	});

	it('is deleted with its files, rows and key', async () => {
		const client = await newClient(server.url);
		await client.put('mine.txt', 'mine');
		const folder = path.join(server.storageRoot, 'library', client.clientId);
		expect(readdirSync(folder)).toHaveLength(1);
		const answer = await client.fetch('/runtime/client', { method: 'DELETE' });
		expect(answer.status).toBe(204);
		expect((await client.fetch('/runtime/client')).status).toBe(401);
		expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
	});

	it('is not made without end: too many answer 429', async () => {
		let answer = await send(server.url, '/runtime/clients', { method: 'POST' });
		for (let i = 0; i < 2000 && answer.status === 201; i++)
			answer = await send(server.url, '/runtime/clients', { method: 'POST' });
		expectError(answer, 429, 'too_many');
	});
});

describe('/health', () => {
	it('tells of storage, sandbox and models without a key', async () => {
		const answer = await send(server.url, '/health');
		expect(answer.status).toBe(200);
		expect(parse(answer)).toMatchObject({
			status: expect.stringMatching(/^(ok|degraded)$/),
			version: expect.any(String),
			storage: { writable: true, free_bytes: expect.any(Number) },
			sandbox: { kind: expect.any(String), detail: expect.any(String) },
			models: expect.any(Object)
		});
		expect(answer.text).not.toContain(server.storageRoot);
	});
});

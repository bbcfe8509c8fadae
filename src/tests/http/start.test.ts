import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { whyImpossible } from '$lib/server/sandbox/native/interpreter';
import { clientWithKey, newClient } from '../support/api';
import { startServer, type TestServer } from '../support/server';

const servers: TestServer[] = [];
async function start(options: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
	const server = await startServer(options);
	servers.push(server);
	return server;
}
afterEach(async () => {
	for (const server of servers.splice(0)) await server.dispose();
});

/** A form as a browser sends it from a page of `origin`. */
function postForm(url: string, origin: string, cookie: string, fields: Record<string, string>) {
	return fetch(url, {
		method: 'POST',
		redirect: 'manual',
		headers: { origin, cookie, accept: 'text/html' },
		body: new URLSearchParams(fields)
	});
}

describe('a start that cannot succeed says what to change', () => {
	test('R43 bad values stop the start, each named with what it should be', async () => {
		const attempt = start({ env: { MAX_FILE_BYTES: 'lots', SANDBOX: 'docker', PORT: '0' } });
		await expect(attempt).rejects.toThrow(/MAX_FILE_BYTES must be a whole number/);
		await expect(attempt).rejects.toThrow(/SANDBOX must be auto, e2b, local, native or off/);
	});

	test('R43 a port that is no port', async () => {
		await expect(start({ env: { PORT: 'http' } })).rejects.toThrow(/PORT must be a port number/);
	});

	test('a port that is taken', async () => {
		const other = createServer().listen(0, '127.0.0.1');
		await once(other, 'listening');
		const address = other.address();
		const port = typeof address === 'object' && address ? address.port : 0;
		await expect(start({ env: { PORT: String(port) } })).rejects.toThrow(/is in use.*PORT/);
		other.close();
	});

	test('R5 a storage root that cannot be written to', async () => {
		const folder = await mkdtemp(path.join(tmpdir(), 'raro-root-'));
		const file = path.join(folder, 'a-file');
		await writeFile(file, '');
		await expect(start({ storageRoot: path.join(file, 'storage') })).rejects.toThrow(
			/storage root .* is not writable.*STORAGE_ROOT/
		);
		await rm(folder, { recursive: true });
	});

	test('R5 a second server on the same root, which leaves the first one working', async () => {
		const first = await start();
		await expect(start({ storageRoot: first.storageRoot })).rejects.toThrow(
			/Another Raro server is using/
		);
		expect((await fetch(`${first.url}/health`)).status).toBe(200);
	});

	test('R5 the root is free again after kill -9', async () => {
		const first = await start();
		await first.kill9();
		const second = await start({ storageRoot: first.storageRoot });
		expect((await fetch(`${second.url}/health`)).status).toBe(200);
	});
});

describe('addresses', () => {
	test('R40 forms work on localhost and on 127.0.0.1 without any setting', async () => {
		const server = await start();
		for (const host of ['localhost', '127.0.0.1']) {
			const origin = `http://${host}:${server.port}`;
			const page = await fetch(origin);
			const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? '';
			const answer = await postForm(`${origin}/?/theme`, origin, cookie, { theme: 'phosphor' });
			expect(answer.status).toBeLessThan(400);
			const foreign = await postForm(`${origin}/?/theme`, 'http://evil.example', cookie, {
				theme: 'phosphor'
			});
			expect(foreign.status).toBe(403);
		}
	});

	test('R40 behind a TLS proxy, ORIGIN is what forms trust, and cookies are Secure', async () => {
		const origin = 'https://raro.example.org';
		const server = await start({ env: { ORIGIN: origin } });
		const page = await fetch(server.url);
		const [set = ''] = page.headers.getSetCookie();
		expect(set).toMatch(/; Secure/i);
		const cookie = set.split(';')[0] ?? '';
		const answer = await postForm(`${server.url}/?/theme`, origin, cookie, { theme: 'phosphor' });
		expect(answer.status).toBeLessThan(400);
		const foreign = await postForm(`${server.url}/?/theme`, 'https://evil.example', cookie, {
			theme: 'phosphor'
		});
		expect(foreign.status).toBe(403);
	});
});

describe('health, log and end', () => {
	test('R44 /health tells version, storage, sandbox and models, and nothing of any client', async () => {
		const server = await start();
		const client = await newClient(server.url);
		await client.put('secret-name.txt', 'x');
		const response = await fetch(`${server.url}/health`);
		const text = await response.text();
		expect(JSON.parse(text)).toMatchObject({
			status: expect.stringMatching(/^(ok|degraded)$/) as unknown,
			version: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown,
			storage: { writable: true, free_bytes: expect.any(Number) as unknown },
			sandbox: { kind: 'local', detail: expect.any(String) as unknown },
			models: expect.any(Object) as unknown
		});
		expect(text).not.toContain(client.clientId);
		expect(text).not.toContain('secret-name');
	});

	test('R44 SANDBOX=native is in use, is off with a reason, or stops the start with one', async () => {
		const starting = start({ env: { SANDBOX: 'native' } });
		const missing = whyImpossible();
		if (missing) return expect(starting).rejects.toThrow(/SANDBOX=native cannot be had here/);
		const health: unknown = await (await fetch(`${(await starting).url}/health`)).json();
		const inUse = /"kind":"native"/.test(JSON.stringify(health));
		expect(health).toMatchObject({
			status: inUse ? 'ok' : 'degraded',
			sandbox: {
				kind: inUse ? 'native' : 'off',
				detail: expect.stringContaining(inUse ? 'bubblewrap' : 'SANDBOX=native') as unknown
			}
		});
	});

	test('R44 without a sandbox the server is degraded and says why', async () => {
		const server = await start({ env: { SANDBOX: 'off' } });
		const health = (await (await fetch(`${server.url}/health`)).json()) as Record<string, unknown>;
		expect(health).toMatchObject({ status: 'degraded', sandbox: { kind: 'off' } });
	});

	test('R44 the log is JSON lines without keys and without contents of files', async () => {
		const server = await start({ env: { LOG_LEVEL: 'trace' } });
		const client = await newClient(server.url);
		await client.put('notes.csv', 'word\nxyzzy-content\n');
		const run = await client.start({ id: 'data-profile', attached_files: ['notes.csv'] });
		await client.events(run);
		await server.stop();
		const output = server.output();
		expect(output).not.toContain(client.key);
		expect(output).not.toContain('xyzzy-content');
		const lines = output.split('\n').filter((line) => line.startsWith('{'));
		expect(lines.length).toBeGreaterThan(0);
		for (const line of lines) expect(JSON.parse(line)).toHaveProperty('level');
	});

	test('R44 SIGTERM ends the server cleanly in the middle of a run, which goes on at the next start', async () => {
		const server = await start();
		const client = await newClient(server.url);
		const run = await client.start({
			id: 'data-profile',
			attached_files: ['coffee-shop-sales.csv']
		});
		await client.events(run, { until: (event) => event.type === 'tool_called' });
		const following = client.events(run).catch(() => []);
		expect(await server.stop()).toBe(0);
		await following;
		const next = await start({ storageRoot: server.storageRoot });
		const events = await clientWithKey(next.url, client.key, client.clientId).events(run);
		expect(events.at(-1)).toMatchObject({ type: 'run_finished', data: { status: 'completed' } });
	});

	test('R5 stored files are read-only and folders are closed to others', async () => {
		const server = await start();
		const client = await newClient(server.url);
		await client.put('a.txt', 'x');
		const folder = path.join(server.storageRoot, 'library', client.clientId);
		expect((await stat(path.join(folder, 'a.txt'))).mode & 0o777).toBe(0o440);
		expect((await stat(folder)).mode & 0o007).toBe(0);
		expect(await readFile(path.join(folder, 'a.txt'), 'utf8')).toBe('x');
	});
});

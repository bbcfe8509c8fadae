import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newClient, type ApiClient } from '../support/api';
import { expectError, send, sendBytes, type Ask } from '../support/http';
import { multipart } from '../support/routes';
import { startServer, type TestServer } from '../support/server';

const NEVER = '00000000-0000-4000-8000-000000000000';
let server: TestServer;
let client: ApiClient;

beforeAll(async () => {
	server = await startServer();
	client = await newClient(server.url);
});
afterAll(() => server.dispose());

/** R38: whatever was sent, the process lives and serves. */
afterEach(async () => {
	expect((await send(server.url, '/health')).status).toBe(200);
});

const ask = (at: string, options: Ask = {}) =>
	send(server.url, at, {
		...options,
		headers: { 'X-RARO-CLIENT-ID': client.key, ...options.headers }
	});
const is4xx = (status: number) => status >= 400 && status < 500;

/** As a path segment, none of these may name anything outside of where it belongs. */
const ESCAPES = [
	'..%2f..%2f..%2fetc%2fpasswd',
	'%2e%2e%2f%2e%2e%2fraro.db',
	'..%5c..%5craro.db',
	'%2fetc%2fpasswd',
	'a%00b',
	'a%0d%0aSet-Cookie:%20x=1',
	'.env',
	'..%252f..%252fraro.db',
	'....%2f%2f....%2f%2fraro.db',
	'%c0%ae%c0%ae%2fraro.db',
	'%ff%fe',
	'%',
	'%zz',
	'%ed%a0%80',
	'a'.repeat(300),
	'%e2%80%a8x'
];

describe('names in addresses', () => {
	it.each(ESCAPES)('R36 %s reaches nothing, on any method', async (segment) => {
		for (const at of [
			`/runtime/library/files/${segment}`,
			`/runtime/artifacts/${NEVER}/files/${segment}`,
			`/runtime/artifacts/${segment}`,
			`/runtime/${NEVER}/files/${segment}`,
			`/runtime/${segment}/events`,
			`/runtime/state?run_id=${segment}`,
			`/runtime/workflows/${segment}`,
			`/runs/${segment}`
		])
			for (const method of ['GET', 'HEAD', 'DELETE']) {
				const { status, headers } = await ask(at, { method });
				expect([method, at, is4xx(status)]).toEqual([method, at, true]);
				expect(headers['set-cookie']).toBeUndefined();
			}
		const put = await ask(`/runtime/library/files/${segment}`, {
			method: 'PUT',
			body: 'x',
			headers: { 'content-type': 'application/octet-stream' }
		});
		// A name may hold a literal "%2f"; as one name, it stays in its folder.
		if (!segment.includes('%252f')) expect(is4xx(put.status)).toBe(true);
		const folder = path.join(server.storageRoot, 'library', client.clientId);
		for (const name of readdirSync(path.join(server.storageRoot, 'library')))
			expect(['public', client.clientId, '.gitkeep']).toContain(name);
		expect(path.dirname(folder)).toBe(path.join(server.storageRoot, 'library'));
	});

	it('R36 in multipart stay in their folder or are refused', async () => {
		const names = ['../../evil.txt', '/etc/passwd', '..', 'C:\\evil.txt', 'a/b.txt', '\u0000', ''];
		const answer = await ask('/runtime/library/upload', {
			method: 'POST',
			headers: { 'content-type': 'multipart/form-data; boundary=b' },
			body: multipart(
				'b',
				names.map((name) => ({ name, text: 'x' }))
			)
		});
		expect(answer.status).toBeLessThan(500);
		expect(readdirSync(server.storageRoot)).not.toContain('evil.txt');
		for (const { name } of await client.library()) expect(name).not.toMatch(/[/\\]|^\./);
	});
});

describe('malformed requests', () => {
	const JSON_ROUTES = [
		['POST', '/runtime/start'],
		['POST', '/runtime/artifacts/clear'],
		['PATCH', `/runtime/artifacts/${NEVER}`],
		['PATCH', '/runtime/library/files/a.txt']
	] as const;
	const BODIES = [
		'',
		'{',
		'null',
		'[]',
		'"text"',
		'{"__proto__":{"x":1}}',
		'{"a":NaN}',
		'\u0000',
		'['.repeat(100_000),
		`{"id":"${'x'.repeat(2_000_000)}"}`,
		Buffer.from([0xff, 0xfe, 0x7b])
	];

	it.each(JSON_ROUTES)('R38 JSON to %s %s answers 4xx', async (method, at) => {
		for (const body of BODIES) {
			const { status, text } = await ask(at, {
				method,
				body,
				headers: { 'content-type': 'application/json' }
			});
			expect([String(body).slice(0, 20), status, is4xx(status)]).toEqual([
				String(body).slice(0, 20),
				status,
				true
			]);
			expect(Object.keys(JSON.parse(text) as object)).toContain('code');
		}
		for (const type of ['text/plain', 'application/xml', 'nonsense', 'multipart/form-data'])
			expect(
				is4xx((await ask(at, { method, body: '{}', headers: { 'content-type': type } })).status)
			).toBe(true);
		expect(is4xx((await ask(at, { method })).status)).toBe(true);
	});

	it('R38 multipart of every broken kind answers 4xx and keeps nothing', async () => {
		const whole = multipart('b', [{ name: 'torn.txt', text: 'torn' }]);
		const bodies: [string, string][] = [
			['multipart/form-data', whole],
			['multipart/form-data; boundary=', whole],
			['multipart/form-data; boundary=other', whole],
			['multipart/form-data; boundary=b', ''],
			['multipart/form-data; boundary=b', whole.slice(0, -20)],
			['multipart/form-data; boundary=b', '--b\r\n\r\nno headers\r\n--b--\r\n'],
			['multipart/form-data; boundary=b', '--b--\r\n'],
			['application/x-www-form-urlencoded', 'files=x'],
			['application/json', '{}'],
			[`multipart/form-data; boundary=${'b'.repeat(10_000)}`, whole]
		];
		for (const [type, body] of bodies) {
			const answer = await ask('/runtime/library/upload', {
				method: 'POST',
				headers: { 'content-type': type },
				body
			});
			expect([type.slice(0, 60), answer.status, is4xx(answer.status)]).toEqual([
				type.slice(0, 60),
				answer.status,
				true
			]);
		}
		expect((await client.library()).map((file) => file.name)).not.toContain('torn.txt');
		expect(readdirSync(path.join(server.storageRoot, '.tmp'))).toEqual([]);
	});

	it('R7 an upload that breaks off leaves no file and no row', async () => {
		const head = (more: string) =>
			`PUT /runtime/library/files/half.bin HTTP/1.1\r\nHost: localhost:${server.port}\r\n` +
			`X-RARO-CLIENT-ID: ${client.key}\r\nContent-Type: application/octet-stream\r\n${more}\r\n\r\n`;
		await sendBytes(server.url, `${head('Content-Length: 1000000')}only this much`);
		await sendBytes(server.url, `${head('Transfer-Encoding: chunked')}ffff\r\nonly this much`);
		await sendBytes(server.url, `${head('Transfer-Encoding: chunked')}not a length\r\n`);
		await expect.poll(() => readdirSync(path.join(server.storageRoot, '.tmp'))).toEqual([]);
		expect((await client.library()).map((file) => file.name)).not.toContain('half.bin');
	});

	it('R38 bytes that are not HTTP answer 4xx or nothing', async () => {
		for (const bytes of [
			'\r\n\r\n',
			'GET\r\n\r\n',
			'GET / HTTP/9.9\r\n\r\n',
			'GET /\u0000 HTTP/1.1\r\nHost: x\r\n\r\n',
			'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
			`GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(100_000)}\r\n\r\n`,
			`GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
			`GET / HTTP/1.1\r\nHost: x\r\n${'X-Many: 1\r\n'.repeat(5000)}\r\n`,
			'POST /runtime/start HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
			'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'
		]) {
			const answer = await sendBytes(server.url, bytes);
			if (answer !== '') expect(answer.slice(0, 12)).toMatch(/^HTTP\/1.1 4\d\d$/);
		}
	});

	it('R38 strange hosts, paths and queries never answer 5xx', async () => {
		const lines = [
			'GET //etc/passwd',
			'GET /../../etc/passwd',
			'GET /%2e%2e/%2e%2e/etc/passwd',
			'GET /runtime/../storage/raro.db',
			// By the URL standard these are dot segments, not names.
			'GET /runtime/library/files/%2e%2e',
			'DELETE /runtime/library/files/%2e%2e/%2e%2e/client/%2e%2e',
			'GET /runtime/artifacts/%2e',
			'GET /storage/raro.db',
			'GET /_app/../../server.js',
			'GET http://evil.example/',
			'GET *',
			'OPTIONS *',
			'GET /?%',
			'GET /?a=%ff&a[]=%00',
			'GET /runtime/state',
			'GET /runtime/state?run_id=',
			`GET /runtime/state?run_id=${NEVER}&run_id=x`,
			'GET /runtime/runs?cursor=%00&limit=-1',
			`GET /runtime/${NEVER}/events?after=-1`,
			`GET /runtime/${NEVER}/events?after=1e99`,
			'CONNECT evil.example:443',
			'TRACE /',
			'BREW /'
		];
		for (const line of lines)
			for (const host of [`localhost:${server.port}`, 'evil.example', '', '[::1', 'a b', '%']) {
				const answer = await sendBytes(
					server.url,
					`${line} HTTP/1.1\r\nHost: ${host}\r\nX-RARO-CLIENT-ID: ${client.key}\r\nConnection: close\r\n\r\n`
				);
				expect([line, host, answer.slice(0, 12)]).not.toEqual([
					line,
					host,
					expect.stringMatching(/^HTTP\/1.1 5/)
				]);
				expect(answer).not.toMatch(/root:x:0|SQLite format/);
			}
	});

	it('R38 wrong methods answer 405, or 404 where there is nothing', async () => {
		for (const [method, at] of [
			['POST', '/runtime/library'],
			['DELETE', '/runtime/library'],
			['PUT', '/runtime/artifacts'],
			['GET', '/runtime/artifacts/clear'],
			['GET', '/runtime/start'],
			['GET', '/runtime/clients'],
			['PUT', '/runtime/runs'],
			['POST', `/runtime/artifacts/${NEVER}/archive`],
			['GET', `/runtime/${NEVER}/stop`],
			['DELETE', '/health']
		] as const) {
			const { status } = await ask(at, { method });
			expect([at, [404, 405].includes(status)]).toEqual([at, true]);
		}
		expectError(await ask('/runtime/no/such/thing'), 404, 'not_found');
		expectError(await ask('/runtime/not-a-run/files'), 404, 'not_found');
	});

	it('R38 form actions with nonsense answer 4xx', async () => {
		for (const action of ['upload', 'start', 'promote', 'deleteFile', 'deleteArtifact', 'nope'])
			for (const [type, body] of [
				['application/x-www-form-urlencoded', ''],
				['application/x-www-form-urlencoded', '%%%=&run_id=../..&filename=../x&name=%00'],
				['multipart/form-data; boundary=b', '--b'],
				['application/json', '{}']
			] as const) {
				const { status } = await ask(`/?/${action}`, {
					method: 'POST',
					body,
					headers: { 'content-type': type, accept: 'text/html' }
				});
				expect([action, type, body, is4xx(status)]).toEqual([action, type, body, true]);
			}
	});
});

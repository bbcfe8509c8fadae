import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditStorage } from '../support/audit';
import { newClient, type ApiClient } from '../support/api';
import { send, sendBytes } from '../support/http';
import { clientRoutes, libraryFileRoutes, runRoutes, type Route } from '../support/routes';
import { startServer, type TestServer } from '../support/server';

/* R38: hundreds of malformed requests from a seeded generator, the same ones each time. */

let server: TestServer;
let client: ApiClient;
let run: string;

beforeAll(async () => {
	server = await startServer();
	client = await newClient(server.url);
	await client.put('a.csv', 'x,y\n1,2\n');
	run = await client.start({ id: 'data-profile', attached_files: ['a.csv'] });
	await client.events(run);
});
afterAll(() => server.dispose());

/** Mulberry32: small, and the same on every machine. */
function randomFrom(seed: number) {
	let state = seed;
	const next = () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	const below = (n: number) => Math.floor(next() * n);
	const pick = <T>(list: readonly T[]): T => {
		const found = list[below(list.length)];
		if (found === undefined) throw new Error('nothing to pick from');
		return found;
	};
	return { below, pick };
}
type Random = ReturnType<typeof randomFrom>;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const TYPES = [
	'application/json',
	'application/json; charset=utf-16',
	'multipart/form-data; boundary=b',
	'multipart/form-data',
	'application/x-www-form-urlencoded',
	'text/plain',
	'application/octet-stream',
	';;;',
	''
];
const SEGMENTS = [
	'%00',
	'%2e%2e',
	'..%2f..',
	'%ff',
	'%',
	'%E0%A4%A',
	'%F0%9F%92%A9',
	'a'.repeat(3000),
	'con',
	'__proto__',
	'constructor',
	"'%20or%201=1--",
	'%25%32%65',
	'-1',
	'null',
	'[object%20Object]'
];
const VALUES: unknown[] = [
	null,
	true,
	-1,
	0,
	1e308,
	'',
	'\u0000',
	'\ud800',
	'../../x',
	'x'.repeat(60_000),
	[],
	[[]],
	{},
	{ toString: 1 },
	['a.csv', 'a.csv'],
	[null],
	'2999-13-45T99:99:99Z',
	'+275760-09-13T00:00:00.001Z'
];
const KEYS = [
	'id',
	'name',
	'agents',
	'attached_files',
	'user_directive',
	'timeout_ms',
	'max_token_budget',
	'pinned',
	'expires_at',
	'older_than_hours',
	'__proto__',
	'constructor'
];
const QUERIES = ['run_id', 'version', 'after', 'cursor', 'limit', 'since', 'q', 'on_conflict', 'x'];
const HEADERS: Record<string, string>[] = [
	{ range: 'bytes=-' },
	{ range: 'bytes=9999999999999999999-' },
	{ range: 'bytes=' + '0-1,'.repeat(2000) },
	{ 'if-range': '"' },
	{ 'if-none-match': ',,,"' },
	{ 'if-modified-since': 'yesterday' },
	{ 'last-event-id': '-1' },
	{ 'last-event-id': '99999999999999999999' },
	{ cookie: 'raro_session_id=%; ;;=;' },
	{ 'accept-encoding': 'x, *;q=0' },
	{ accept: 'text/html' },
	{ 'content-encoding': 'gzip' },
	{ expect: 'nothing' },
	{ 'x-raro-protocol': 'javascript' },
	{ 'x-raro-host': '[' },
	{ 'x-http-method-override': 'DELETE' },
	{ 'x-sveltekit-action': 'true' },
	{ 'x-sveltekit-invalidated': '0101' }
];

function jsonBody(random: Random, depth = 0): unknown {
	if (depth > 3 || random.below(3) === 0) return random.pick(VALUES);
	if (random.below(4) === 0)
		return Array.from({ length: random.below(4) }, () => jsonBody(random, depth + 1));
	return Object.fromEntries(
		Array.from({ length: random.below(5) }, () => [random.pick(KEYS), jsonBody(random, depth + 1)])
	);
}

function body(random: Random): string {
	const text = JSON.stringify(jsonBody(random)) ?? '';
	switch (random.below(5)) {
		case 0:
			return text.slice(0, random.below(text.length + 1));
		case 1:
			return `--b\r\nContent-Disposition: form-data; name="${random.pick(KEYS)}"; filename="${text.slice(0, 30)}"\r\n\r\n${text}\r\n--b--\r\n`;
		case 2:
			return new URLSearchParams({ [random.pick(KEYS)]: text.slice(0, 500) }).toString();
		default:
			return text;
	}
}

function mangled(random: Random, routes: Route[]): Route {
	const route = random.pick(routes);
	let at = route.path;
	if (random.below(2) === 0) {
		const parts = at.split('/');
		parts[1 + random.below(Math.max(1, parts.length - 1))] = random.pick(SEGMENTS);
		at = parts.join('/');
	}
	if (random.below(2) === 0)
		at += `${at.includes('?') ? '&' : '?'}${random.pick(QUERIES)}=${random.pick(SEGMENTS)}`;
	const method = random.below(2) === 0 ? route.method : random.pick(METHODS);
	const sends = !['GET', 'HEAD'].includes(method) && random.below(5) > 0;
	const sent = sends ? body(random) : '';
	return {
		method,
		path: at,
		headers: {
			...random.pick(HEADERS),
			'content-type': random.pick(TYPES),
			// Without it, Node sends the body of a DELETE as if it were the next request.
			'content-length': Buffer.byteLength(sent),
			// As browsers and curl do: a connection that closes with the answer may lose it.
			connection: 'keep-alive'
		},
		body: sent
	};
}

test('R38 six hundred malformed requests never answer 5xx, and the server goes on', async () => {
	const random = randomFrom(38);
	const never = '00000000-0000-4000-8000-000000000000';
	const routes: Route[] = [
		// Without those that end the client itself.
		...clientRoutes().filter((r) => r.path !== '/runtime/client'),
		...libraryFileRoutes('a.csv'),
		...runRoutes(never, 'report.md', 'a.csv'),
		...runRoutes(run, 'report.md', 'a.csv').filter((r) => r.method === 'GET'),
		...['upload', 'start', 'stop', 'promote', 'deleteFile', 'clearOldRuns', 'pinRun', 'x'].map(
			(name) => ({ method: 'POST', path: `/?/${name}` })
		),
		...['/runs?/stop', '/workflows/new/import', '/workflows/own/edit?/save'].map((path) => ({
			method: 'POST',
			path
		})),
		...[
			'/',
			'/runs',
			'/runs/compare',
			`/runs/${run}`,
			'/workflows',
			'/workflows/data-profile',
			'/workflows/own/versions?v=1',
			'/health'
		].map((at) => ({ method: 'GET', path: at }))
	];
	const statuses = new Map<number, number>();
	for (let i = 0; i < 600; i++) {
		const route = mangled(random, routes);
		const headers =
			random.below(10) === 0
				? route.headers
				: { 'X-RARO-CLIENT-ID': client.key, origin: server.url, ...route.headers };
		const answer = await send(server.url, route.path, { ...route, headers });
		statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
		const what = `#${i} ${route.method} ${route.path.slice(0, 200)} ${JSON.stringify(route.headers).slice(0, 200)} ${String(route.body).slice(0, 300)}`;
		expect(answer.status < 500, `${what} -> ${answer.status} ${answer.text.slice(0, 300)}`).toBe(
			true
		);
		expect(answer.text).not.toMatch(/root:x:0|SQLite format|node_modules|at .*\.js:\d+/);
	}
	// The generator is not all noise: requests get through to routes, and are refused there.
	for (const status of [400, 404, 405, 415, 422])
		expect([status, statuses.has(status)]).toEqual([status, true]);
	expect((await send(server.url, '/health')).status).toBe(200);
	expect(server.output()).not.toMatch(/"level":"?(50|error)/);
	await stillWhole();
}, 180_000);

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'default'])(
	'R38 the form action %s, which no page has, is not found',
	async (name) => {
		const workflow = '/workflows/data-profile';
		for (const page of [
			...['/', '/runs', `/runs/${run}`, '/plan', '/workflows/new'],
			...['/workflows/new/import', workflow, `${workflow}/edit`, `${workflow}/versions`]
		]) {
			const answer = await send(server.url, `${page}?/${name}`, {
				method: 'POST',
				body: 'a=b',
				headers: {
					'X-RARO-CLIENT-ID': client.key,
					'content-type': 'application/x-www-form-urlencoded'
				}
			});
			expect([page, answer.status]).toEqual([page, 404]);
		}
	}
);

test('R38 random bytes after a valid beginning never answer 5xx', async () => {
	const random = randomFrom(83);
	for (let i = 0; i < 100; i++) {
		const noise = Buffer.from(Array.from({ length: random.below(400) }, () => random.below(256)));
		const head = random.pick([
			'',
			`POST /runtime/start HTTP/1.1\r\nHost: localhost\r\nX-RARO-CLIENT-ID: ${client.key}\r\n`,
			`PUT /runtime/library/files/n.bin HTTP/1.1\r\nHost: localhost\r\nX-RARO-CLIENT-ID: ${client.key}\r\nTransfer-Encoding: chunked\r\n\r\n`,
			'GET /runtime/library HTTP/1.1\r\n'
		]);
		const answer = await sendBytes(server.url, Buffer.concat([Buffer.from(head), noise]));
		expect([i, answer.slice(0, 12)]).not.toEqual([i, expect.stringMatching(/^HTTP\/1.1 5/)]);
	}
	await stillWhole();
});

test('R38 a form of thirty megabytes is answered while it is still being sent', async () => {
	const answer = await send(server.url, '/?/start', {
		method: 'POST',
		body: `user_directive=${'x'.repeat(30_000_000)}`,
		headers: {
			'X-RARO-CLIENT-ID': client.key,
			accept: 'text/html',
			'content-type': 'application/x-www-form-urlencoded',
			// As browsers do. Who asks to close is closed upon the answer, also in the middle of sending.
			connection: 'keep-alive'
		}
	});
	expect([answer.status, answer.text]).toEqual([413, expect.stringContaining('at most 1 MB')]);
});

/** Nothing that was sent left half a file, and honest requests still work. */
async function stillWhole(): Promise<void> {
	await expect.poll(() => readdirSync(path.join(server.storageRoot, '.tmp'))).toEqual([]);
	expect(auditStorage(server.storageRoot)).toEqual([]);
	await client.put('after.txt', 'still here');
	expect((await client.library()).map((file) => file.name)).toContain('after.txt');
}

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunArtifacts } from '$lib/domain/artifact';
import { newClient, type ApiClient } from '../support/api';
import { send, type Answer } from '../support/http';
import { libraryFileRoutes, runRoutes, type Route } from '../support/routes';
import { startServer, type TestServer } from '../support/server';

const NEVER = '00000000-0000-4000-8000-000000000000';
const LEGACY = '8c1f6e3a-4b8f-4a57-9a58-1d3c4b1f0a11';
let server: TestServer;
let owner: ApiClient;
let stranger: ApiClient;
let run: string;

beforeAll(async () => {
	const storageRoot = mkdtempSync(path.join(tmpdir(), 'raro-server-'));
	const legacy = path.join(storageRoot, 'artifacts', LEGACY);
	mkdirSync(legacy, { recursive: true });
	writeFileSync(path.join(legacy, 'old.md'), '# Old');
	execFileSync(process.execPath, ['scripts/migrate-artifacts.js'], {
		env: { ...process.env, STORAGE_ROOT: storageRoot }
	});
	server = await startServer({ storageRoot });
	[owner, stranger] = [await newClient(server.url), await newClient(server.url)];
	await owner.put('mine.csv', 'day,units\n2026-01-01,3\n2026-01-02,4\n');
	run = await owner.start({ id: 'data-profile', attached_files: ['mine.csv'] });
	await owner.events(run);
}, 180_000);
afterAll(() => server.dispose());

const as = (client: ApiClient, route: Route) =>
	send(server.url, route.path, {
		...route,
		headers: { ...route.headers, 'X-RARO-CLIENT-ID': client.key }
	});

/** All of an answer that may not tell the two cases apart. */
function visible({ status, headers, body }: Answer) {
	const { date: _date, 'x-request-id': _id, ...rest } = headers;
	return { status, headers: rest, body: body.toString('hex') };
}

const theirs = () => runRoutes(run, 'report.md', 'mine.csv');
const none = runRoutes(NEVER, 'report.md', 'mine.csv');

describe("another client's", () => {
	it.each(none.map((route, i) => [`${route.method} ${route.path.replace(NEVER, '<run>')}`, i]))(
		'R34 %s answers as for a run that never was',
		async (_, i) => {
			const route = theirs()[i];
			const absent = none[i];
			if (!route || !absent) throw new Error('no such route');
			const answer = await as(stranger, route);
			expect(answer.status).toBe(404);
			expect(visible(answer)).toEqual(visible(await as(stranger, absent)));
		}
	);

	it('R34 library file answers as one that never was', async () => {
		for (const [i, route] of libraryFileRoutes('mine.csv').entries()) {
			const absent = libraryFileRoutes('nope.csv')[i];
			if (!absent) throw new Error('no such route');
			const answer = await as(stranger, route);
			expect(answer.status).toBe(404);
			expect(visible(answer)).toEqual(visible(await as(stranger, absent)));
		}
	});

	it('R34 things are in no list, and a start cannot attach them', async () => {
		for (const at of ['/runtime/library', '/runtime/runs', '/runtime/artifacts']) {
			const answer = await as(stranger, { method: 'GET', path: at });
			expect(answer.status).toBe(200);
			expect(answer.text).not.toContain(run);
			expect(answer.text).not.toContain('mine.csv');
		}
		await expect(
			stranger.start({ id: 'data-profile', attached_files: ['mine.csv'] })
		).rejects.toThrow('422');
	});

	it('R34 page answers 404 as one that never was', async () => {
		const page = (id: string) => as(stranger, { method: 'GET', path: `/runs/${id}` });
		expect([(await page(run)).status, (await page(NEVER)).status]).toEqual([404, 404]);
		expect((await page(run)).text).not.toContain('mine.csv');
	});

	it('is untouched after all of this', async () => {
		expect((await owner.state(run)).status).toBe('completed');
		expect((await owner.artifacts(run)).artifacts.length).toBeGreaterThan(3);
		expect((await owner.library()).map((file) => file.name)).toContain('mine.csv');
	});
});

describe('public artifacts', () => {
	it('R37 of old are readable by everyone and writable by nobody', async () => {
		for (const client of [owner, stranger]) {
			const metadata = await client.json<RunArtifacts>(`/runtime/artifacts/${LEGACY}`);
			expect(metadata.artifacts.map((a) => a.filename)).toEqual(['old.md']);
			const at = `/runtime/artifacts/${LEGACY}/files/old.md`;
			expect(await (await client.fetch(at)).text()).toBe('# Old');
			for (const path of [at, `/runtime/artifacts/${LEGACY}`])
				expect((await client.fetch(path, { method: 'DELETE' })).status).toBe(403);
			const pinned = await client.fetch(`/runtime/artifacts/${LEGACY}`, {
				method: 'PATCH',
				headers: { 'content-type': 'application/json' },
				body: '{"pinned":false}'
			});
			expect(pinned.status).toBe(403);
		}
	});
});

describe('headers', () => {
	it('R35 keep private answers out of caches', async () => {
		for (const at of [
			'/runtime/client',
			'/runtime/library',
			'/runtime/runs',
			`/runtime/state?run_id=${run}`,
			'/runtime/artifacts',
			`/runtime/artifacts/${run}/files/report.md`,
			`/runtime/artifacts/${run}/archive`,
			`/runtime/${run}/files/mine.csv`,
			`/runtime/artifacts/${NEVER}`,
			`/runs/${run}`,
			'/'
		]) {
			const { headers } = await as(owner, { method: 'GET', path: at });
			expect(headers['cache-control'], at).toMatch(/^private, no-(store|cache)$/);
			if (headers['cache-control'] === 'private, no-cache') expect(headers.etag).toBeTruthy();
			expect(headers['x-content-type-options'], at).toBe('nosniff');
		}
	});

	it('R35 sandbox what agents made', async () => {
		for (const { filename } of (await owner.artifacts(run)).artifacts) {
			const path = `/runtime/artifacts/${run}/files/${encodeURIComponent(filename)}`;
			const { headers } = await as(owner, { method: 'GET', path });
			expect(headers['content-security-policy']).toContain('sandbox');
			const saved = await as(owner, { method: 'GET', path: `${path}?download` });
			expect(saved.headers['content-disposition']).toMatch(/^attachment/);
		}
	});

	it('R35 give pages a strict policy without inline scripts', async () => {
		const { headers } = await send(server.url, '/', { headers: { accept: 'text/html' } });
		const policy = String(headers['content-security-policy']);
		expect(policy).toContain("default-src 'self'");
		expect(/script-src ([^;]*)/.exec(policy)?.[1]).not.toMatch(/unsafe|\*/);
		expect(policy).toContain("frame-ancestors 'none'");
	});

	it("R35 of another site's page make an unsafe request answer 403", async () => {
		const attempts = [
			{ origin: 'https://evil.example' },
			{ origin: 'null' },
			{ 'sec-fetch-site': 'cross-site' },
			{ 'sec-fetch-site': 'same-site' }
		];
		for (const headers of attempts)
			for (const route of [
				{ method: 'PUT', path: '/runtime/library/files/evil.txt', body: 'x' },
				{ method: 'POST', path: '/runtime/clients' },
				{ method: 'DELETE', path: `/runtime/artifacts/${run}` },
				{ method: 'POST', path: '/?/clearOldRuns', body: 'older_than_hours=0&confirmed=1' }
			]) {
				const type = route.path.startsWith('/?')
					? 'application/x-www-form-urlencoded'
					: 'application/octet-stream';
				const answer = await as(owner, { ...route, headers: { ...headers, 'content-type': type } });
				expect([route.path, answer.status]).toEqual([route.path, 403]);
			}
		const own = await as(owner, {
			method: 'PUT',
			path: '/runtime/library/files/own.txt',
			body: 'x',
			headers: {
				origin: server.url,
				'sec-fetch-site': 'same-origin',
				'content-type': 'application/octet-stream'
			}
		});
		expect(own.status).toBe(201);
	});
});

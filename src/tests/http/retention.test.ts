import { existsSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditStorage } from '../support/audit';
import { clientWithKey, newClient, type ApiClient } from '../support/api';
import { startServer, type TestServer } from '../support/server';

/* What a start does with runs that ended long ago. The clock is turned in the database, not waited for. */

let server: TestServer;
let client: ApiClient;
const runs: Record<'expired' | 'pinned' | 'fresh', string> = { expired: '', pinned: '', fresh: '' };

const folder = (scope: string, ...rest: string[]) => path.join(server.storageRoot, scope, ...rest);
const status = async (at: string) => (await client.fetch(at)).status;

beforeAll(async () => {
	server = await startServer();
	client = await newClient(server.url);
	await client.put('a.csv', 'x,y\n1,2\n3,4\n');
	for (const name of ['expired', 'pinned', 'fresh'] as const) {
		runs[name] = await client.start({ id: 'data-profile', attached_files: ['a.csv'] });
		await client.events(runs[name]);
	}
	await client.json(`/runtime/artifacts/${runs.pinned}`, {
		method: 'PATCH',
		headers: { 'content-type': 'application/json' },
		body: '{"pinned":true}'
	});
	await server.stop();
	const db = new Database(path.join(server.storageRoot, 'raro.db'));
	const days = (n: number) => n * 86_400_000;
	const age = db.prepare(
		'update runs set ended_at = ended_at - @by, expires_at = expires_at - @by where id = @id'
	);
	for (const id of [runs.expired, runs.pinned])
		expect(age.run({ id, by: days(8) }).changes).toBe(1);
	expect(age.run({ id: runs.fresh, by: days(2) }).changes).toBe(1);
	db.close();
	server = await startServer({ storageRoot: server.storageRoot });
	client = clientWithKey(server.url, client.key, client.clientId);
}, 180_000);
afterAll(() => server.dispose());

test('R29 a start removes rows and files of expired runs, and spares pinned and younger ones', async () => {
	expect(await status(`/runtime/artifacts/${runs.expired}`)).toBe(410);
	await expect
		.poll(() => existsSync(folder('artifacts', client.clientId, runs.expired)))
		.toBe(false);
	for (const run of [runs.pinned, runs.fresh])
		expect(await status(`/runtime/artifacts/${run}/files/report.md`)).toBe(200);
	expect((await client.state(runs.expired)).status).toBe('completed');
	await expect.poll(() => auditStorage(server.storageRoot)).toEqual([]);
});

test('R28 a start removes sessions of runs that ended a day ago; their artifacts stay', async () => {
	await expect.poll(() => existsSync(folder('sessions', runs.fresh))).toBe(false);
	expect(await status(`/runtime/${runs.fresh}/files`)).toBe(410);
	expect(await status(`/runtime/${runs.fresh}/files/a.csv`)).toBe(410);
	expect((await client.artifacts(runs.fresh)).artifacts.length).toBeGreaterThan(3);
	expect(await status(`/runtime/artifacts/${runs.fresh}/archive`)).toBe(200);
});

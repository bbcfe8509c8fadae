import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newClient, sha256, type ApiClient } from '../support/api';
import { startServer, type TestServer } from '../support/server';

let server: TestServer;
let client: ApiClient;
let run: string;
let before: string;

const at = (...parts: string[]) => path.join(server.storageRoot, ...parts);
const names = (...parts: string[]) => readdirSync(at(...parts)).filter((n) => !n.startsWith('.'));

/** Names, digests and inodes of everything in the library. */
function shelf(): string {
	return readdirSync(at('library'), { recursive: true, encoding: 'utf8' })
		.filter((file) => statSync(at('library', file)).isFile())
		.map((file) => {
			const { ino, mtimeMs } = statSync(at('library', file));
			return `${file} ${ino} ${mtimeMs} ${sha256(readFileSync(at('library', file)))}`;
		})
		.sort()
		.join('\n');
}

beforeAll(async () => {
	server = await startServer();
	client = await newClient(server.url);
	await client.put('mine.csv', 'day,units\n2026-01-01,3\n2026-01-02,4\n2026-01-03,7\n');
	before = shelf();
	run = await client.start({
		id: 'data-profile',
		attached_files: ['mine.csv', 'coffee-shop-sales.csv']
	});
	await client.events(run);
});
afterAll(() => server.dispose());

test('R1 one storage root holds the database and three scopes', async () => {
	expect(names()).toEqual(expect.arrayContaining(['artifacts', 'library', 'raro.db', 'sessions']));
	expect(names().filter((n) => !n.startsWith('raro.db'))).toEqual([
		'artifacts',
		'library',
		'sessions'
	]);
	expect(names('library')).toEqual(expect.arrayContaining([client.clientId, 'public']));
	expect(names('library', client.clientId)).toEqual(['mine.csv']);
	expect(names('sessions', run).sort()).toEqual(['input', 'output']);
	expect(names('sessions', run, 'input').sort()).toEqual(['coffee-shop-sales.csv', 'mine.csv']);
	const { artifacts } = await client.artifacts(run);
	expect(names('artifacts', client.clientId, run).sort()).toEqual(
		[...new Set(artifacts.map((artifact) => artifact.filename))].sort()
	);
});

test('R2 R4 a run changes not a byte of the library and adds nothing to it', async () => {
	expect(shelf()).toBe(before);
	const own = (await client.library()).filter((file) => file.scope === 'private');
	expect(own.map((file) => file.name)).toEqual(['mine.csv']);
});

test('R5 everything stored is read-only, and no folder is open to others', () => {
	for (const entry of readdirSync(server.storageRoot, { recursive: true, encoding: 'utf8' })) {
		const stats = statSync(at(entry));
		if (stats.isDirectory()) expect([entry, stats.mode & 0o007]).toEqual([entry, 0]);
		else if (/^(library|artifacts|sessions)\//.test(entry) && !entry.endsWith('.gitkeep'))
			expect([entry, (stats.mode & 0o777).toString(8)]).toEqual([entry, '440']);
	}
});

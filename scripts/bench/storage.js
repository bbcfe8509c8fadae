/** Attaching a large file, and a list among a million artifacts. */
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, rmSync, openSync, writeSync, closeSync } from 'node:fs';
import path from 'node:path';
import { GIB, median, MIB } from './measure.js';
import { openSource } from './source.js';

const ROWS = 1_000_000;

/** @param {string} work @returns {Promise<import('./main.js').Row[]>} */
export async function benchStorage(work) {
	const source = await openSource();
	const { createLayout } = await source.load('server/storage/layout');
	const { prepareStorage } = await source.load('server/storage/prepare');
	const { createFiles } = await source.load('server/storage/files');
	const { openDb } = await source.load('server/db/client');
	const { createSessions } = await source.load('server/runs/session');
	const { createArtifacts } = await source.load('server/artifacts/artifacts');
	const { readConfig } = await source.load('server/platform/config');

	const layout = createLayout(path.join(work, 'storage'));
	await prepareStorage(layout);
	const db = openDb(layout.database, path.resolve('drizzle'));
	const files = createFiles(layout);
	const now = () => new Date();
	const config = readConfig({});
	const log = { info() {}, warn() {}, error: console.error, debug() {} };

	const key = 'library/public/big.bin';
	mkdirSync(path.join(layout.root, 'library', 'public'), { recursive: true });
	writeBig(path.join(layout.root, key));
	const stored = { name: 'big.bin', key, sizeBytes: GIB, contentType: '', sha256: '' };
	const library = { find: async () => stored };
	const sessions = createSessions({ db, files, layout, library, now, log, config });
	const attach = [];
	for (let i = 0; i < 20; i++) {
		const run = randomUUID();
		// The folders belong to the run's start; what is measured is the attachment.
		await sessions.create(run, 'public', []);
		const from = performance.now();
		await sessions.create(run, 'public', ['big.bin']);
		attach.push(performance.now() - from);
	}
	const copies = [];
	for (let i = 0; i < 3; i++) {
		const from = performance.now();
		copyFileSync(path.join(layout.root, key), path.join(work, 'copy.bin'));
		copies.push(performance.now() - from);
		rmSync(path.join(work, 'copy.bin'));
	}
	rmSync(path.join(layout.root, key));

	const client = fill(db.raw);
	const artifacts = createArtifacts({ db, files, library, config, now, newId: randomUUID, log });
	const bare = db.raw.prepare(
		'select * from artifacts where client_id = ? order by generated_at desc, id desc limit 50'
	);
	const ours = times(() => artifacts.listPage(client, 50));
	const baseline = times(() => bare.all(client));
	await db.close();
	await source.close();

	const ms = median(attach);
	return [
		{
			name: 'attach 1 GiB',
			ours: `${ms.toFixed(2)} ms`,
			baseline: `${Math.round(median(copies))} ms file copy`,
			ratio: `${(ms / median(copies)).toFixed(4)}×`,
			target: '≤ 5 ms',
			ok: ms <= 5
		},
		{
			name: 'newest 50 of 1 M artifacts',
			ours: `${ours.toFixed(0)} µs`,
			baseline: `${baseline.toFixed(0)} µs bare better-sqlite3`,
			ratio: `${(ours / baseline).toFixed(1)}×`,
			target: '',
			ok: null
		}
	];
}

/** @param {() => unknown} query @returns {number} median microseconds */
function times(query) {
	const taken = [];
	for (let i = 0; i < 500; i++) {
		const from = performance.now();
		query();
		taken.push((performance.now() - from) * 1000);
	}
	return median(taken);
}

/** @param {string} file */
function writeBig(file) {
	const handle = openSync(file, 'w', 0o440);
	const block = Buffer.alloc(8 * MIB, 7);
	for (let written = 0; written < GIB; written += block.length) writeSync(handle, block);
	closeSync(handle);
}

/** A hundred clients with 10,000 artifacts each. @param {import('better-sqlite3').Database} raw @returns {string} one of them */
function fill(raw) {
	const clients = Array.from({ length: 100 }, () => randomUUID());
	const at = Date.now();
	const addClient = raw.prepare(
		'insert into clients (id, key_hash, created_at, last_seen_at) values (?, ?, ?, ?)'
	);
	const addRun = raw.prepare(
		`insert into runs (id, client_id, workflow_id, name, user_directive, config, attached_files, status, created_at, ended_at, expires_at)
		 values (?, ?, 'w', 'w', 'd', '{}', '[]', 'completed', ?, ?, ?)`
	);
	const addArtifact = raw.prepare(
		`insert into artifacts (id, run_id, client_id, agent_id, filename, version, size_bytes, content_type, sha256, generated_at, storage_key)
		 values (?, ?, ?, 'writer', ?, 1, 1000, 'text/csv', ?, ?, ?)`
	);
	const sha = 'a'.repeat(64);
	raw.transaction(() => {
		for (const client of clients) {
			addClient.run(client, client, at, at);
			for (let r = 0; r < ROWS / clients.length / 20; r++) {
				const run = randomUUID();
				addRun.run(run, client, at, at, at + 86_400_000);
				for (let i = 0; i < 20; i++)
					addArtifact.run(
						randomUUID(),
						run,
						client,
						`file-${i}.csv`,
						sha,
						at - ((r * 7919 + i) % 1_000_000),
						`artifacts/${client}/${run}/file-${i}.csv`
					);
			}
		}
	})();
	return clients[50] ?? '';
}

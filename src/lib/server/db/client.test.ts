import Database from 'better-sqlite3';
import { eq } from 'drizzle-orm';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openDb } from './client';
import { clients } from './schema';
import { MIGRATIONS, openTestDb } from './testing';

const folders: string[] = [];
function newFile(): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'raro-db-'));
	folders.push(folder);
	return path.join(folder, 'raro.db');
}
afterEach(() => {
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const client = (id: string) => ({ id, createdAt: new Date(0), lastSeenAt: new Date(0) });

describe('openDb', () => {
	test('is durable (WAL, synchronous = FULL) on the first open and on every later one', async () => {
		const file = newFile();
		for (let opened = 0; opened < 2; opened++) {
			const db = openDb(file, MIGRATIONS);
			expect(db.raw.pragma('journal_mode', { simple: true })).toBe('wal');
			expect(db.raw.pragma('synchronous', { simple: true })).toBe(2);
			expect(db.raw.pragma('foreign_keys', { simple: true })).toBe(1);
			await db.close();
		}
	});

	test('refuses a database that a newer version wrote, and says what to do', async () => {
		const file = newFile();
		await openDb(file, MIGRATIONS).close();
		const raw = new Database(file);
		raw
			.prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)')
			.run('of the future', Date.UTC(2999, 0));
		raw.close();
		expect(() => openDb(file, MIGRATIONS)).toThrow(/newer version of Raro/);
	});
});

describe('write', () => {
	test('resolves with what the unit returned, after it is on disk', async () => {
		const { db, close } = openTestDb();
		const id = await db.write(
			() => db.q.insert(clients).values(client('a')).returning({ id: clients.id }).get().id
		);
		expect(id).toBe('a');
		const other = new Database(db.raw.name, { readonly: true });
		expect(other.prepare('select count(*) from clients').pluck().get()).toBe(1);
		other.close();
		await close();
	});

	test('rolls back a unit that throws, alone, and keeps its neighbours in the same flush', async () => {
		const { db, close } = openTestDb();
		const results = await Promise.allSettled([
			db.write(() => db.q.insert(clients).values(client('before')).run()),
			db.write(() => {
				db.q.insert(clients).values(client('half')).run();
				throw new Error('second thoughts');
			}),
			db.write(() => db.q.insert(clients).values(client('after')).run())
		]);
		expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
		expect(
			db.q
				.select()
				.from(clients)
				.all()
				.map((c) => c.id)
		).toEqual(['before', 'after']);
		await close();
	});

	test('runs units in the order they were handed in', async () => {
		const { db, close } = openTestDb();
		await db.write(() => db.q.insert(clients).values(client('a')).run());
		const stamps = Array.from({ length: 50 }, (_, i) => new Date(i));
		await Promise.all(
			stamps.map((lastSeenAt) =>
				db.write(() => db.q.update(clients).set({ lastSeenAt }).where(eq(clients.id, 'a')).run())
			)
		);
		expect(db.q.select().from(clients).get()?.lastSeenAt).toEqual(new Date(49));
		await close();
	});

	test('takes what a unit hands in into the same flush, after those that were there', async () => {
		const { db, close } = openTestDb();
		const other = new Database(db.raw.name, { readonly: true });
		const onDisk = other.prepare('select id from clients order by rowid').pluck();
		const insert = (id: string) => db.q.insert(clients).values(client(id)).run();
		const seen: unknown[] = [];
		const nested: Promise<unknown>[] = [];
		const first = db.write(() => {
			insert('first');
			nested.push(
				db.write(() => {
					insert('undone');
					throw new Error('second thoughts');
				}),
				db.write(() => {
					insert('nested');
					seen.push(onDisk.all());
				})
			);
		});
		const results = await Promise.allSettled([first, db.write(() => insert('second'))]);
		expect(results.map((r) => r.status)).toEqual(['fulfilled', 'fulfilled']);
		expect(seen).toEqual([[]]);
		expect(onDisk.all()).toEqual(['first', 'second', 'nested']);
		const rest = await Promise.allSettled(nested);
		expect(rest.map((r) => r.status)).toEqual(['rejected', 'fulfilled']);
		other.close();
		await close();
	});

	test('undoes a unit and what it handed in when the flush fails, and goes on after that', async () => {
		const { db, close } = openTestDb();
		const insert = (id: string) => db.q.insert(clients).values(client(id)).run();
		const nested: Promise<unknown>[] = [];
		const first = db.write(() => {
			insert('first');
			nested.push(db.write(() => insert('nested')));
			// The disk takes nothing any more: SQLite ends the transaction by itself.
			nested.push(db.write(() => db.raw.exec('rollback')));
		});
		const results = await Promise.allSettled([first]);
		const rest = await Promise.allSettled(nested);
		expect([...results, ...rest].map((r) => r.status)).toEqual(Array(3).fill('rejected'));
		await db.write(() => insert('later'));
		expect(db.raw.prepare('select id from clients').pluck().all()).toEqual(['later']);
		await close();
	});

	test('waits for pending units before it closes', async () => {
		const { db, close } = openTestDb();
		const pending = db.write(() => db.q.insert(clients).values(client('a')).run());
		await close();
		await expect(pending).resolves.toMatchObject({ changes: 1 });
	});
});

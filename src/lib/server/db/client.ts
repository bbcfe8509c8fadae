import Database from 'better-sqlite3';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import * as schema from './schema';
import { createWriter, type Write } from './writer';

/** Reads. Writes go through `write`, so that they share one flush to disk. */
export type Queries = BetterSQLite3Database<typeof schema>;

export interface Db {
	/** For reading, and for statements inside a write unit. */
	readonly q: Queries;
	/** The only way to change anything; see `writer.ts`. */
	readonly write: Write;
	/** The bare connection, for pragmas and backups. */
	readonly raw: Database.Database;
	/** Waits for pending writes, then closes. */
	close(): Promise<void>;
}

/**
 * Opens the database and brings its schema up to date.
 * @throws Error when the file was written by a newer version of the program.
 */
export function openDb(file: string, migrationsFolder: string): Db {
	const raw = new Database(file);
	raw.pragma('journal_mode = WAL');
	// A reopened WAL database falls back to NORMAL, which may lose the last commits on power loss.
	raw.pragma('synchronous = FULL');
	if (raw.pragma('synchronous', { simple: true }) !== 2)
		throw new Error('SQLite refused synchronous = FULL; commits would not be durable.');
	raw.pragma('foreign_keys = ON');
	raw.pragma('busy_timeout = 5000');
	const q = drizzle(raw, { schema });
	refuseNewerSchema(raw, migrationsFolder);
	migrate(q, { migrationsFolder });
	const writer = createWriter(raw);
	return {
		q,
		raw,
		write: writer.write,
		async close() {
			await writer.idle();
			raw.close();
		}
	};
}

function refuseNewerSchema(raw: Database.Database, migrationsFolder: string): void {
	const table = raw
		.prepare(`select 1 from sqlite_master where type = 'table' and name = '__drizzle_migrations'`)
		.get();
	if (!table) return;
	const newest = Number(
		raw.prepare('select max(created_at) from __drizzle_migrations').pluck().get() ?? 0
	);
	const known = readMigrationFiles({ migrationsFolder }).map((m) => m.folderMillis);
	if (newest > Math.max(0, ...known))
		throw new Error(
			'The database was written by a newer version of Raro. Start that version, or restore a backup made by this one.'
		);
}

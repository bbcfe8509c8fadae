import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDb, type Db } from './client';

/** The folder of generated migrations, for tests that run from the project's root. */
export const MIGRATIONS = path.resolve('drizzle');

/** A real, migrated database in a folder of its own. */
export function openTestDb(): { db: Db; folder: string; close(): Promise<void> } {
	const folder = mkdtempSync(path.join(tmpdir(), 'raro-test-'));
	const db = openDb(path.join(folder, 'raro.db'), MIGRATIONS);
	return {
		db,
		folder,
		async close() {
			await db.close();
			rmSync(folder, { recursive: true, force: true });
		}
	};
}

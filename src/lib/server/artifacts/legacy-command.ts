import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { openDb } from '../db/client';
import { readConfig } from '../platform/config';
import { createLog } from '../platform/log';
import { createFiles } from '../storage/files';
import { createLayout } from '../storage/layout';
import { lockStorage } from '../storage/lock';
import { prepareStorage } from '../storage/prepare';
import { migrateLegacyArtifacts, type LegacyReport } from './legacy';

/**
 * `npm run artifacts:migrate`: moves legacy artifacts of the configured storage root, which no server
 * may be using meanwhile.
 * @throws StartupError when one is.
 */
export async function runLegacyMigration(migrationsFolder: string): Promise<LegacyReport> {
	const config = readConfig();
	const layout = createLayout(config.STORAGE_ROOT);
	await prepareStorage(layout);
	const lock = lockStorage(layout);
	try {
		const db = openDb(layout.database, path.resolve(migrationsFolder));
		try {
			return await migrateLegacyArtifacts({
				db,
				files: createFiles(layout),
				now: () => new Date(),
				newId: () => randomUUID(),
				log: createLog(config)
			});
		} finally {
			await db.close();
		}
	} finally {
		lock.release();
	}
}

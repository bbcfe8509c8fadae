import { isClientId } from '../../domain/ids';
import type { Db } from '../db/client';
import type { Log } from '../platform/log';
import type { Files } from '../storage/files';
import { fileKey, libraryFolder, storedKey } from '../storage/layout';
import type { FileName } from '../../domain/file-name';
import type { LibraryRows } from './rows';

/**
 * Brings disk and rows back together after a crash: a file without a row is removed, a row without a
 * file is marked (and unmarked when the file is back). Only under the start-up lock: nobody else writes.
 */
export function createReconcile(deps: {
	db: Db;
	files: Files;
	rows: LibraryRows;
	log: Pick<Log, 'info' | 'warn'>;
}): () => Promise<void> {
	const { db, files, rows, log } = deps;

	return async () => {
		const all = rows.all();
		const keys = new Set(all.map((row) => row.storageKey));
		let removed = 0;
		for (const owner of await files.names(storedKey('library'))) {
			if (!isClientId(owner)) continue;
			for (const name of await files.names(libraryFolder(owner))) {
				const key = fileKey(libraryFolder(owner), name as FileName);
				if (keys.has(key)) continue;
				await files.removeFolder(key);
				removed += 1;
			}
		}
		if (removed > 0) log.warn({ removed }, 'removed library files that had no row');

		for (const row of all) {
			const stats = await files.stat(storedKey(row.storageKey));
			const missing = !stats?.isFile() || stats.size !== row.sizeBytes;
			if (missing === row.missing) continue;
			await db.write(() => rows.setMissing(row, missing));
			log.warn(
				{ client_id: row.clientId, library_file: row.id, missing },
				missing ? 'a library file is gone from disk' : 'a library file is back on disk'
			);
		}
	};
}

import Database from 'better-sqlite3';
import { StartupError } from '../platform/startup-error';
import type { Layout } from './layout';


/**
 * Makes this process the only server on the storage root until it ends, however it ends: the lock is the
 * operating system's, on an SQLite file of its own, so `kill -9` leaves nothing stale behind.
 * @throws StartupError when another server has it.
 */
export function lockStorage(layout: Pick<Layout, 'lock' | 'root'>): { release(): void } {
	const holder = new Database(layout.lock, { timeout: 0 });
	try {
		holder.pragma('locking_mode = EXCLUSIVE');
		holder.exec('begin exclusive');
	} catch (error) {
		holder.close();
		if (!(error instanceof Error) || !('code' in error) || error.code !== 'SQLITE_BUSY') throw error;
		throw new StartupError(
			`Another Raro server is using ${layout.root}. Stop it first, or set STORAGE_ROOT to another folder.`,
			{ cause: error }
		);
	}
	return {
		release() {
			holder.close();
		}
	};
}

import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inArray } from 'drizzle-orm';
import { isClientId, isRunId, type RunId } from '../../domain/ids';
import type { Db } from '../db/client';
import { artifacts } from '../db/schema';
import type { Log } from '../platform/log';
import type { Files } from '../storage/files';
import { isStorageKey, type StorageKey } from '../storage/layout';
import type { ArtifactRows } from './artifact-rows';

const BATCH = 500;

/**
 * Makes disk and rows agree after a crash: files without a row go, rows without a file are flagged,
 * and flagged rows whose file is back are flagged no longer. Runs that `isTouched` names were written
 * by this very process and are left alone, so that it may work while the server already serves.
 */
export function createReconcile(deps: {
	db: Db;
	files: Files;
	rows: ArtifactRows;
	log: Log;
	isTouched: (run: RunId) => boolean;
}): () => Promise<void> {
	const { db, files, rows, log, isTouched } = deps;
	const counts = { orphans: 0, missing: 0, found: 0 };

	/** Folders of artifacts, as `<client>/<run>`; what has another shape is not ours to remove. */
	async function* runFolders(): AsyncGenerator<{ folder: StorageKey; run: RunId }> {
		for (const client of await files.names(top())) {
			const clientFolder = `artifacts/${client}`;
			if (!isClientId(client) || !isStorageKey(clientFolder)) continue;
			if (!(await files.stat(clientFolder))?.isDirectory()) continue;
			for (const run of await files.names(clientFolder)) {
				const folder = `${clientFolder}/${run}`;
				if (!isRunId(run) || !isStorageKey(folder)) continue;
				if ((await files.stat(folder))?.isDirectory()) yield { folder, run };
			}
		}
	}

	async function removeOrphans(folder: StorageKey, run: RunId): Promise<void> {
		const names = await files.names(folder);
		const known = new Set(rows.ofRun(run).map((row) => row.storageKey));
		const orphans = names.map((name) => `${folder}/${name}`).filter((key) => !known.has(key));
		if (isTouched(run)) return;
		for (const key of orphans) {
			if (!isStorageKey(key) || !(await files.stat(key))?.isFile()) continue;
			await files.remove(key);
			counts.orphans++;
		}
		// Nothing can be collected for a run that does not exist.
		if (!rows.run(run)) await files.removeEmptyFolder(folder);
	}

	/** One look into each folder, not one at each file: a big store must not slow the start. */
	async function flagMissing(run: string): Promise<void> {
		const recorded = rows.ofRun(run);
		const there = new Set<string>();
		for (const folder of new Set(recorded.map((row) => path.posix.dirname(row.storageKey))))
			if (isStorageKey(folder))
				for (const name of await files.names(folder)) there.add(`${folder}/${name}`);
		const changed = recorded
			.map((row) => ({ id: row.id, was: row.missing, missing: !there.has(row.storageKey) }))
			.filter(({ was, missing }) => was !== missing);
		if (changed.length === 0) return;
		await db.write(() => {
			for (const missing of [true, false]) {
				const ids = changed.filter((row) => row.missing === missing).map((row) => row.id);
				db.q.update(artifacts).set({ missing }).where(inArray(artifacts.id, ids)).run();
				counts[missing ? 'missing' : 'found'] += ids.length;
			}
		});
	}

	return async () => {
		for await (const { folder, run } of runFolders())
			await removeOrphans(folder, run).catch((error: unknown) => {
				log.error({ err: error, run_id: run }, 'an artifact folder could not be reconciled');
			});
		for (let after = ''; ;) {
			const batch = rows.runIds(after, BATCH);
			for (const run of batch) {
				await flagMissing(run);
				await nextTurn();
			}
			const last = batch.at(-1);
			if (last === undefined || batch.length < BATCH) break;
			after = last;
		}
		if (counts.orphans + counts.missing + counts.found > 0)
			log.warn(counts, 'artifacts on disk and in the database did not agree');
	};
}

function top(): StorageKey {
	const key = 'artifacts';
	if (isStorageKey(key)) return key;
	throw new Error('The scope "artifacts" is not a storage key.');
}

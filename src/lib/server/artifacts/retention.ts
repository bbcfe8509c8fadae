import { and, eq } from 'drizzle-orm';
import { isExpired } from '../../domain/artifact';
import { DomainError, notFound } from '../../domain/errors';
import type { FileName } from '../../domain/file-name';
import { parseRunId, type ClientId, type RunId } from '../../domain/ids';
import { isActive } from '../../domain/run';
import type { Db } from '../db/client';
import { artifactRefusals, artifacts, runs } from '../db/schema';
import type { Config } from '../platform/config';
import type { Log } from '../platform/log';
import type { Files } from '../storage/files';
import { artifactsFolder, storedKey, type StorageKey } from '../storage/layout';
import type { RunAccess } from './access';
import type { ArtifactRows } from './artifact-rows';

const HOUR_MS = 3_600_000;
/** Runs that one write unit clears, so that other writers are not held up. */
const BATCH = 50;

/** How long artifacts stay, and how they go: the rows first, then the files. */
export function createRetention(deps: {
	db: Db;
	files: Files;
	rows: ArtifactRows;
	access: RunAccess;
	config: Pick<Config, 'ARTIFACT_RETENTION_HOURS'>;
	now: () => Date;
	log: Log;
}) {
	const { db, files, rows, access, config, now, log } = deps;

	/** Inside a write unit: forgets everything of a run, and says which files go with it. */
	function forget(run: string): StorageKey[] {
		const keys = rows.ofRun(run).map((row) => storedKey(row.storageKey));
		db.q.delete(artifacts).where(eq(artifacts.runId, run)).run();
		db.q.delete(artifactRefusals).where(eq(artifactRefusals.runId, run)).run();
		return keys;
	}

	/** Inside a write unit: from now on the run's artifacts answer as expired. */
	function forgetForGood(run: RunId): StorageKey[] {
		const keys = forget(run);
		db.q.update(runs).set({ pinned: false, expiresAt: now() }).where(eq(runs.id, run)).run();
		return keys;
	}

	/** A file that cannot be removed now has no row any more, so that the next start removes it. */
	async function discard(client: ClientId, run: RunId, keys: StorageKey[]): Promise<void> {
		for (const key of keys)
			await files.remove(key).catch((error: unknown) => {
				log.error({ err: error, run_id: run, key }, 'an artifact file could not be removed');
			});
		await files.removeEmptyFolder(artifactsFolder(client, run));
	}

	return {
		/**
		 * Pins or unpins a run's artifacts, or sets when they expire. Unpinning what would be expired
		 * already keeps it for one more retention time.
		 * @throws DomainError `conflict` for an expiry of an active run, `invalid` for one in the past.
		 */
		set(
			client: ClientId,
			run: RunId,
			change: { pinned?: boolean | undefined; expires_at?: Date | undefined }
		): Promise<void> {
			return db.write(() => {
				const row = access.writable(client, run);
				const at = now();
				const pinned = change.pinned ?? row.pinned;
				let expiresAt = row.expiresAt;
				if (change.expires_at) {
					if (isActive(row.status))
						throw new DomainError(
							'conflict',
							'The run is still at work: its artifacts get an expiry when it has ended. Pin them to keep them longer.'
						);
					if (change.expires_at <= at)
						throw new DomainError('invalid', 'The expiry must be in the future.', {
							expires_at: change.expires_at.toISOString()
						});
					expiresAt = change.expires_at;
				}
				if (isExpired(expiresAt, pinned, at))
					expiresAt = new Date(at.getTime() + config.ARTIFACT_RETENTION_HOURS * HOUR_MS);
				db.q.update(runs).set({ pinned, expiresAt }).where(eq(runs.id, run)).run();
			});
		},

		/** Deletes every version of one name. */
		async removeFile(client: ClientId, run: RunId, name: FileName): Promise<void> {
			const keys = await db.write(() => {
				access.removable(client, run);
				const versions = rows.ofName(run, name);
				if (versions.length === 0) throw notFound();
				db.q
					.delete(artifacts)
					.where(and(eq(artifacts.runId, run), eq(artifacts.filename, name)))
					.run();
				return versions.map((row) => storedKey(row.storageKey));
			});
			await discard(client, run, keys);
		},

		/** Deletes all of a run's artifacts; the run itself stays. */
		async removeRun(client: ClientId, run: RunId): Promise<void> {
			const keys = await db.write(() => {
				access.removable(client, run);
				return forgetForGood(run);
			});
			await discard(client, run, keys);
		},

		/** Deletes the artifacts of runs that ended that long ago; never of active or pinned ones. */
		async clear(client: ClientId, olderThanHours: number): Promise<RunId[]> {
			const before = new Date(now().getTime() - olderThanHours * HOUR_MS);
			const cleared: RunId[] = [];
			for (;;) {
				const batch = await db.write(() =>
					rows
						.oldRuns(client, before, now(), BATCH)
						.map((run) => ({ run, keys: forgetForGood(run) }))
				);
				for (const { run, keys } of batch) {
					await discard(client, run, keys);
					cleared.push(run);
				}
				if (batch.length < BATCH) return cleared;
			}
		},

		/** Removes what has expired, row and file; one bad item is logged and does not stop the rest. */
		async sweep(): Promise<void> {
			let removed = 0;
			for (const id of rows.expiredRuns(now())) {
				try {
					removed += await sweepRun(parseRunId(id));
				} catch (error) {
					log.error({ err: error, run_id: id }, 'expired artifacts could not be removed');
				}
			}
			if (removed > 0) log.info({ files: removed }, 'expired artifacts were removed');
		}
	};

	/** Looks again inside the write unit: it may have been pinned, extended or resumed meanwhile. */
	async function sweepRun(run: RunId): Promise<number> {
		const swept = await db.write(() => {
			const row = rows.run(run);
			if (!row || isActive(row.status) || !isExpired(row.expiresAt, row.pinned, now())) return null;
			return { client: row.clientId, keys: forget(run) };
		});
		if (!swept) return 0;
		await discard(swept.client, run, swept.keys);
		return swept.keys.length;
	}
}

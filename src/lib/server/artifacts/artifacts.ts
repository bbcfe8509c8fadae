import type { RunArtifacts } from '../../domain/artifact';
import { DomainError, notFound } from '../../domain/errors';
import { parseFileName, type FileName } from '../../domain/file-name';
import { PUBLIC_CLIENT, type ClientId, type RunId } from '../../domain/ids';
import type { LibraryFile, Origin } from '../../domain/library';
import type { Db } from '../db/client';
import type { Config } from '../platform/config';
import type { Log } from '../platform/log';
import type { Files } from '../storage/files';
import { storedKey, type StorageKey } from '../storage/layout';
import type { StoredFile } from '../storage/stored-file';
import { createRunAccess } from './access';
import { createArchive, type Archive } from './archive';
import { createArtifactRows, NEWEST, type ArtifactRow, type Position } from './artifact-rows';
import { createCarry } from './carry';
import { createCollector } from './collect';
import { createArtifactList } from './list';
import { createQuota } from './quota';
import { createReconcile } from './reconcile';
import { createRetention } from './retention';

/** What promoting needs of the library. */
export interface Adopter {
	/** `created` is false when a file of this very origin is still there. */
	adopt(
		client: ClientId,
		source: {
			key: StorageKey;
			name: FileName;
			sizeBytes: number;
			sha256: string;
			contentType: string;
			origin: Origin;
		}
	): Promise<{ file: LibraryFile; created: boolean }>;
}

/** A version of an artifact with what is needed to serve it. */
export type ArtifactFile = StoredFile & {
	version: number;
	agent_id: string;
	generated_at: string;
};

/**
 * The files that runs produced, always seen by a client. What does not exist and what is another
 * client's is `not_found`, what has expired is `gone`, what is public is readable by everyone and
 * `forbidden` to change.
 */
export function createArtifacts(deps: {
	db: Db;
	files: Files;
	library: Adopter;
	config: Pick<Config, 'MAX_FILE_BYTES' | 'ARTIFACT_QUOTA_BYTES' | 'ARTIFACT_RETENTION_HOURS'>;
	now: () => Date;
	newId: () => string;
	log: Log;
}) {
	const { db, files, library, config, now, newId, log } = deps;
	/** Runs that this process collected before the start-up reconcile was through. */
	let touched: Set<RunId> | null = new Set();
	const onStart = (run: RunId) => void touched?.add(run);
	const rows = createArtifactRows({ db });
	const quota = createQuota({ rows, config });
	const access = createRunAccess({ rows, now });
	const list = createArtifactList({ rows, now });
	const retention = createRetention({ db, files, rows, access, config, now, log });
	const reconcile = createReconcile({
		db,
		files,
		rows,
		log,
		isTouched: (run) => touched?.has(run) ?? true
	});

	/** @throws DomainError `not_found`, or `gone` when it expired or its file is missing. */
	function findRow(client: ClientId, run: RunId, name: FileName, version?: number): ArtifactRow {
		access.readable(client, run);
		const versions = rows.ofName(run, name);
		const row = version === undefined ? versions[0] : versions.find((v) => v.version === version);
		if (!row) throw notFound();
		if (row.missing) throw missing(row);
		return row;
	}

	return {
		collector: {
			...createCollector({ db, files, rows, quota, config, now, newId, log, onStart }),
			...createCarry({ db, files, rows, access, quota, now, newId, onStart })
		},

		list: list.list,

		/** A client's newest artifacts, `limit` at most, after `before` when given. */
		listPage: (client: ClientId, limit: number, before: Position = NEWEST) =>
			rows.newest(client, before, now(), limit),

		async get(client: ClientId, run: RunId): Promise<RunArtifacts> {
			return list.describe(access.readable(client, run));
		},

		/** Without a version, the latest. */
		async find(
			client: ClientId,
			run: RunId,
			name: FileName,
			version?: number
		): Promise<ArtifactFile> {
			const row = findRow(client, run, name, version);
			return {
				name: row.filename,
				key: storedKey(row.storageKey),
				sizeBytes: row.sizeBytes,
				contentType: row.contentType,
				sha256: row.sha256,
				version: row.version,
				agent_id: row.agentId,
				generated_at: row.generatedAt.toISOString()
			};
		},

		async setRetention(
			client: ClientId,
			run: RunId,
			change: { pinned?: boolean | undefined; expires_at?: Date | undefined }
		): Promise<RunArtifacts> {
			await retention.set(client, run, change);
			return list.describe(access.readable(client, run));
		},
		removeFile: retention.removeFile,
		removeRun: retention.removeRun,
		clear: retention.clear,
		sweep: retention.sweep,

		/** Saves a version to the client's library, with its provenance; twice is once. */
		async promote(
			client: ClientId,
			run: RunId,
			name: FileName,
			version?: number
		): Promise<{ file: LibraryFile; created: boolean }> {
			const row = findRow(client, run, name, version);
			const key = storedKey(row.storageKey);
			try {
				return await library.adopt(client, {
					key,
					name: parseFileName(row.filename),
					sizeBytes: row.sizeBytes,
					sha256: row.sha256,
					contentType: row.contentType,
					origin: {
						run_id: row.runId,
						agent_id: row.agentId,
						filename: row.filename,
						version: row.version,
						sha256: row.sha256,
						generated_at: row.generatedAt.toISOString()
					}
				});
			} catch (error) {
				if (await files.stat(key)) throw error;
				throw missing(row, error);
			}
		},

		/** The latest version of every name as one zip. */
		async archive(client: ClientId, run: RunId): Promise<Archive> {
			access.readable(client, run);
			const latest = new Map<string, ArtifactRow>();
			for (const row of rows.ofRun(run)) if (!row.missing) latest.set(row.filename, row);
			return createArchive(files, run, [...latest.values()]);
		},

		/** Once, at start; the server may serve meanwhile. */
		async reconcile(): Promise<void> {
			await reconcile();
			touched = null;
		},

		/** How many runs the client can read artifacts of, and how many files; versions count once. */
		holdings(client: ClientId): { runs: number; files: number } {
			const [own, shared] = [rows.holdings(client, now()), rows.holdings(PUBLIC_CLIENT, now())];
			return { runs: own.runs + shared.runs, files: own.files + shared.files };
		},

		async usage(client: ClientId): Promise<{ bytes: number }> {
			return { bytes: rows.bytesOfClient(client) };
		}
	};
}

export type Artifacts = ReturnType<typeof createArtifacts>;

function missing(row: ArtifactRow, cause?: unknown): DomainError {
	return new DomainError(
		'gone',
		`"${row.filename}" is missing on the server's disk.`,
		undefined,
		cause === undefined ? undefined : { cause }
	);
}

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { eq } from 'drizzle-orm';
import { nameProblem, parseFileName, type FileName } from '../../domain/file-name';
import { isClientId, isRunId, parseRunId, PUBLIC_CLIENT, type RunId } from '../../domain/ids';
import { mediaTypeOf } from '../../domain/media-type';
import { workflowSchema } from '../../domain/workflow';
import type { Db } from '../db/client';
import { artifacts, clients, runs } from '../db/schema';
import type { Log } from '../platform/log';
import type { Files } from '../storage/files';
import { artifactsFolder, isStorageKey, storedKey, type StorageKey } from '../storage/layout';

export interface LegacyReport {
	/** Runs that have public artifacts now. */
	runs: number;
	files: number;
	/** Keys of what was left where it is, and why. */
	left: { key: string; reason: string }[];
}

const LEGACY_AGENT = 'legacy';
const legacyWorkflow = workflowSchema.parse({
	id: 'legacy',
	name: 'Legacy artifacts',
	agents: [{ id: LEGACY_AGENT, prompt: 'Made before artifacts belonged to a client.' }]
});

/**
 * Moves artifacts from before there were clients, `artifacts/<run>/<file>`, to
 * `artifacts/public/<run>/<file>`: readable by everyone, writable by nobody, kept for good. A run
 * folder with another name than a run id gets the same new id each time. May be repeated: a file goes
 * from its old place only when its row is on disk. What is not a plain file is left and reported.
 */
export async function migrateLegacyArtifacts(deps: {
	db: Db;
	files: Files;
	now: () => Date;
	newId: () => string;
	log: Log;
}): Promise<LegacyReport> {
	const { db, files, now, newId, log } = deps;
	const report: LegacyReport = { runs: 0, files: 0, left: [] };

	/** Those entries of a top-level folder that are its own files: a client's folder has none. */
	async function looseEntries(folder: StorageKey): Promise<string[]> {
		const isRunOfNobody = !isClientId(folder.slice('artifacts/'.length));
		const entries = (await files.names(folder)).sort();
		if (isRunOfNobody) return entries;
		const plain = await Promise.all(
			entries.map(async (name) => {
				const key = `${folder}/${name}`;
				return isStorageKey(key) && !(await files.stat(key))?.isDirectory();
			})
		);
		return entries.filter((_, i) => plain[i]);
	}

	/** Makes the public client and the run, once. */
	async function ensureRun(run: RunId, folder: string, madeAt: Date): Promise<void> {
		await db.write(() => {
			const at = now();
			db.q
				.insert(clients)
				.values({ id: PUBLIC_CLIENT, createdAt: at, lastSeenAt: at })
				.onConflictDoNothing()
				.run();
			const row = {
				id: run,
				clientId: PUBLIC_CLIENT,
				workflowId: legacyWorkflow.id,
				name: legacyWorkflow.name,
				userDirective: folder,
				config: legacyWorkflow,
				attachedFiles: [],
				status: 'completed',
				createdAt: madeAt,
				startedAt: madeAt,
				endedAt: madeAt,
				pinned: true,
				sessionRemovedAt: at
			};
			db.q.insert(runs).values(row).onConflictDoNothing().run();
		});
	}

	async function moveFile(source: StorageKey, run: RunId, name: FileName): Promise<void> {
		const opened = await files.open(source);
		if (!opened) throw new Error('it cannot be opened');
		// A copy, not a link: stored files are read-only and nobody else's.
		const staged = await files.stage(bytesOf(opened.handle), Number.MAX_SAFE_INTEGER);
		const known = db.q.select().from(artifacts).where(eq(artifacts.runId, run)).all();
		const versions = known.filter((row) => row.filename === name);
		if (versions.some((row) => row.sha256 === staged.sha256)) await files.discard(staged);
		else {
			const storageKey = await files.place(staged, artifactsFolder(PUBLIC_CLIENT, run), name);
			await db.write(() =>
				db.q
					.insert(artifacts)
					.values({
						id: newId(),
						runId: run,
						clientId: PUBLIC_CLIENT,
						agentId: LEGACY_AGENT,
						filename: name,
						version: versions.length + 1,
						sizeBytes: staged.sizeBytes,
						contentType: mediaTypeOf(name),
						sha256: staged.sha256,
						generatedAt: opened.stats.mtime,
						storageKey
					})
					.run()
			);
		}
		await files.remove(source);
		report.files++;
	}

	async function moveFolder(folder: StorageKey): Promise<void> {
		const entries = await looseEntries(folder);
		if (entries.length === 0) return;
		const name = folder.slice('artifacts/'.length);
		const run = runIdFor(db, name);
		let moved = 0;
		for (const entry of entries) {
			const key = `${folder}/${entry}`;
			try {
				const problem = nameProblem(entry);
				if (problem || !isStorageKey(key)) throw new Error(problem ?? 'its name is not safe');
				const stats = await files.stat(key);
				if (!stats?.isFile()) throw new Error('it is not a regular file');
				if (moved === 0) await ensureRun(run, name, stats.mtime);
				await moveFile(key, run, parseFileName(entry));
				moved++;
			} catch (error) {
				const reason = error instanceof Error ? error.message : String(error);
				log.warn({ key, reason }, 'a legacy artifact was left where it is');
				report.left.push({ key, reason });
			}
		}
		if (moved > 0) report.runs++;
		await files.removeEmptyFolder(folder);
	}

	for (const name of (await files.names(storedKey('artifacts'))).sort()) {
		const folder = `artifacts/${name}`;
		if (name === PUBLIC_CLIENT || !isStorageKey(folder)) continue;
		if ((await files.stat(folder))?.isDirectory()) await moveFolder(folder);
	}
	return report;
}

/** The folder's own name when it is a free run id, else one that is always the same for this name. */
function runIdFor(db: Db, folder: string): RunId {
	if (isRunId(folder)) {
		const [row] = db.q.select().from(runs).where(eq(runs.id, folder)).all();
		if (!row || row.clientId === PUBLIC_CLIENT) return folder;
	}
	const hex = createHash('sha256').update(`raro legacy run ${folder}`).digest('hex');
	const variant = ((parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
	return parseRunId(
		[
			hex.slice(0, 8),
			hex.slice(8, 12),
			`8${hex.slice(13, 16)}`,
			variant + hex.slice(17, 20),
			hex.slice(20, 32)
		].join('-')
	);
}

async function* bytesOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
	for await (const chunk of handle.createReadStream({ highWaterMark: 1024 * 1024 }))
		if (chunk instanceof Uint8Array) yield chunk;
}

import type { Stats } from 'node:fs';
import type { Artifact, RefusedArtifact } from '../../domain/artifact';
import { DomainError, type ErrorCode } from '../../domain/errors';
import { nameProblem, parseFileName } from '../../domain/file-name';
import type { AgentId, ClientId, RunId } from '../../domain/ids';
import { mediaTypeOf } from '../../domain/media-type';
import type { Db } from '../db/client';
import { artifactRefusals, artifacts } from '../db/schema';
import type { Config } from '../platform/config';
import type { Log } from '../platform/log';
import type { Files } from '../storage/files';
import {
	artifactsFolder,
	fileKey,
	isStorageKey,
	outputFolder,
	storedKey,
	type StorageKey
} from '../storage/layout';
import { createLeftovers, identityOf, type Leftovers } from './leftovers';
import { toArtifact, type ArtifactRow, type ArtifactRows } from './artifact-rows';
import type { Promised, Quota } from './quota';

export interface Collected {
	artifacts: Artifact[];
	refused: RefusedArtifact[];
	/** Inserts the rows; only inside a write unit. */
	commit(): void;
}

export interface Collector {
	/**
	 * Finds new and changed files of `output/`, gives each a second name in the run's artifact folder,
	 * and returns what is to be recorded. Never throws because of a file: what cannot be kept is
	 * refused with the reason, once. `reported` are files that a tool had to refuse; they are recorded
	 * the same way; `passOver` are files to be left alone, by identity. The caller holds the run's output
	 * lock until the commit is on disk.
	 */
	prepare(
		runId: RunId,
		client: ClientId,
		agentId: AgentId,
		reported?: { filename: string; code: string; message: string }[],
		passOver?: ReadonlySet<string>
	): Promise<Collected>;
	/** What lies in `output/` while no step is going on. */
	leftovers(runId: RunId): Promise<Leftovers>;
}

/** One call of `prepare`. */
interface Collecting {
	run: RunId;
	client: ClientId;
	agent: AgentId;
	passOver: ReadonlySet<string>;
	/** The newest version of each name. */
	latest: Map<string, ArtifactRow>;
	/** What this call adds to the client's usage. */
	promise: Promised;
}

const MAX_REPORTED_NAME = 300;

export function createCollector(deps: {
	db: Db;
	files: Files;
	rows: ArtifactRows;
	quota: Quota;
	config: Pick<Config, 'MAX_FILE_BYTES' | 'ARTIFACT_QUOTA_BYTES'>;
	now: () => Date;
	newId: () => string;
	log: Log;
	/** Called before anything of a run is touched. */
	onStart: (run: RunId) => void;
}): Collector {
	const { db, files, rows, quota, config, now, newId, log } = deps;

	/** Whether `stats` is the very file that this version is another name of. */
	async function isSameFile(stats: Stats, version: ArtifactRow): Promise<boolean> {
		const kept = await files.stat(storedKey(version.storageKey));
		return kept !== null && kept.ino === stats.ino && kept.dev === stats.dev;
	}

	/** The next version of a file, linked in place; null when nothing changed. */
	async function keep(raw: string, collecting: Collecting): Promise<ArtifactRow | null> {
		const { run, client, agent, latest, promise } = collecting;
		const name = parseFileName(raw);
		const source = sourceKey(run, raw);
		const stats = await files.stat(source);
		if (!stats) {
			if (!raw.includes('\uFFFD')) return null;
			throw new DomainError('invalid', 'This name was refused: it is not valid Unicode.');
		}
		if (!stats.isFile()) throw new DomainError('unsupported', whyNotKept(stats));
		if (collecting.passOver.has(identityOf(name, stats))) return null;
		const before = latest.get(name);
		if (before && !before.missing && (await isSameFile(stats, before))) return null;
		if (stats.size > config.MAX_FILE_BYTES)
			throw new DomainError(
				'too_large',
				`The file is too big: at most ${config.MAX_FILE_BYTES} bytes are kept.`
			);
		const sha256 = await files.sha256(source);
		if (before && !before.missing && before.sha256 === sha256) return null;
		if (stats.size > quota.roomLeft(client))
			throw new DomainError(
				'too_large',
				`There is no room: artifacts can hold ${config.ARTIFACT_QUOTA_BYTES} bytes together. Delete old ones, then run again.`
			);
		promise.bytes += stats.size;
		let storageKey: StorageKey;
		try {
			storageKey = await files.link(source, artifactsFolder(client, run), name);
		} catch (error) {
			promise.bytes -= stats.size;
			throw error;
		}
		return {
			id: newId(),
			runId: run,
			clientId: client,
			agentId: agent,
			filename: name,
			version: (before?.version ?? 0) + 1,
			sizeBytes: stats.size,
			contentType: mediaTypeOf(name),
			sha256,
			generatedAt: now(),
			storageKey,
			missing: false
		};
	}

	function refusalOf(error: unknown, run: RunId, filename: string): [ErrorCode, string] {
		if (error instanceof DomainError) return [error.code, error.message];
		log.error({ err: error, run_id: run, filename }, 'an output file could not be collected');
		return ['unavailable', 'The server could not read or link this file.'];
	}

	return {
		leftovers: createLeftovers({ db, files, rows }),
		async prepare(runId, client, agentId, reported = [], passOver = new Set()) {
			deps.onStart(runId);
			const promise = quota.open(runId, client);
			const latest = new Map(rows.ofRun(runId).map((row) => [row.filename, row]));
			const collecting = { run: runId, client, agent: agentId, passOver, latest, promise };
			const known = new Set(rows.refusals(runId).map(refusalKey));
			const kept: ArtifactRow[] = [];
			const refused: RefusedArtifact[] = [];

			function refuse(rawName: string, code: string, message: string): void {
				const filename = rawName.toWellFormed().slice(0, MAX_REPORTED_NAME);
				const refusal = { filename, agent_id: agentId, code, message };
				if (known.has(refusalKey(refusal))) return;
				known.add(refusalKey(refusal));
				refused.push(refusal);
			}

			for (const { filename, code, message } of reported) refuse(filename, code, message);
			const seen = new Set<string>();
			for (const raw of (await files.names(outputFolder(runId))).sort()) {
				try {
					if (seen.has(raw.normalize('NFC')) && nameProblem(raw) === null)
						throw new DomainError('conflict', 'Another file has the same name in Unicode.');
					seen.add(raw.normalize('NFC'));
					const row = await keep(raw, collecting);
					if (row) kept.push(row);
				} catch (error) {
					refuse(raw, ...refusalOf(error, runId, raw));
				}
			}
			return {
				artifacts: kept.map(toArtifact),
				refused,
				commit() {
					for (const row of kept) db.q.insert(artifacts).values(row).run();
					for (const { filename, code, message } of refused)
						db.q
							.insert(artifactRefusals)
							.values({ id: newId(), runId, agentId, filename, code, message, at: now() })
							.run();
					quota.close(runId);
				}
			};
		}
	};
}

/** Under the name that the disk has, which may be another normal form than the one that is shown. */
function sourceKey(run: RunId, raw: string): StorageKey {
	const key = `${outputFolder(run)}/${raw}`;
	return isStorageKey(key) ? key : fileKey(outputFolder(run), parseFileName(raw));
}

function refusalKey(refusal: { filename: string; code: string; message: string }): string {
	return JSON.stringify([refusal.filename, refusal.code, refusal.message]);
}

function whyNotKept(stats: Stats): string {
	if (stats.isSymbolicLink()) return 'Links are not kept: write the file itself.';
	if (stats.isDirectory())
		return 'Folders are not kept: write files directly into the output folder.';
	if (stats.isFIFO()) return 'A named pipe is not a file and is not kept.';
	if (stats.isSocket()) return 'A socket is not a file and is not kept.';
	return 'A device is not a file and is not kept.';
}

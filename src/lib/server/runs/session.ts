import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { and, eq, inArray, isNull, lt } from 'drizzle-orm';
import { DomainError, notFound } from '../../domain/errors';
import { nameProblem, parseFileName, type FileName } from '../../domain/file-name';
import { isRunId, type ClientId, type RunId } from '../../domain/ids';
import { mediaTypeOf } from '../../domain/media-type';
import { isActive, RUN_STATUSES } from '../../domain/run';
import type { Db } from '../db/client';
import { runs } from '../db/schema';
import type { Config } from '../platform/config';
import type { Log } from '../platform/log';
import type { Files } from '../storage/files';
import {
	fileKey,
	inputFolder,
	outputFolder,
	sessionFolder,
	storedKey,
	type Layout,
	type StorageKey
} from '../storage/layout';
import type { StoredFile } from '../storage/stored-file';
import type { SessionFile, SessionFiles } from '../tools/tool';

export interface SessionDeps {
	db: Db;
	files: Files;
	layout: Layout;
	/** Finds what a person attaches. */
	library: { find(client: ClientId, name: FileName): Promise<StoredFile | null> };
	now: () => Date;
	log: Pick<Log, 'info' | 'warn'>;
	config: Pick<Config, 'SESSION_RETENTION_HOURS' | 'MAX_FILE_BYTES'>;
}

/** Lower-case hex, by file name. */
export type Digests = Readonly<Record<string, string>>;

export type SessionListing = { name: string; size_bytes: number }[];

/** The scratch folders of runs: `sessions/<run>/input` and `sessions/<run>/output`. */
export interface RunSessions {
	/**
	 * Makes the folders and links the attachments in; repeating it is harmless. Resolves with the SHA-256
	 * of each, by name; `known` are those that an earlier call has told.
	 */
	create(
		runId: RunId,
		client: ClientId,
		attachments: FileName[],
		known?: Digests
	): Promise<Digests>;
	files(runId: RunId): SessionFiles;
	/** A file that was attached, also when an output has its name by now. */
	attached(runId: RunId, name: FileName): Promise<SessionFile | null>;
	/** Changes when a file of `output/` was added, replaced or removed; milliseconds. */
	outputChangedAt(runId: RunId): number;
	/** Writes into `output/`, replacing atomically: a new inode, mode 0440. */
	write(runId: RunId, name: FileName, bytes: Uint8Array): Promise<void>;
	/** For a person. @throws DomainError `not_found`, or `gone` once the session was removed. */
	listFiles(
		client: ClientId,
		run: RunId
	): Promise<{ input: SessionListing; output: SessionListing }>;
	/**
	 * Output first, then input. `sha256` names this stored file, not its content: session files may be
	 * too big to be hashed for every look, and never change in place.
	 * @throws DomainError `not_found`, or `gone` once the session was removed.
	 */
	find(client: ClientId, run: RunId, name: FileName): Promise<StoredFile>;
	/** Removes the sessions of runs that ended longer ago than the retention. */
	sweep(): Promise<void>;
	/** Removes folders that belong to no run, or to one whose session was swept. */
	reconcile(): Promise<void>;
	remove(run: RunId): Promise<void>;
}

type Side = SessionFile['from'];
const ENDED = RUN_STATUSES.filter((status) => !isActive(status));
const HOUR_MS = 3_600_000;

export function createSessions(deps: SessionDeps): RunSessions {
	const { db, files, layout, library, now, log, config } = deps;
	const folderOf = (run: RunId, side: Side): StorageKey =>
		side === 'input' ? inputFolder(run) : outputFolder(run);

	async function look(run: RunId, side: Side, name: FileName): Promise<SessionFile | null> {
		const key = fileKey(folderOf(run, side), name);
		const stats = await files.stat(key);
		if (!stats?.isFile()) return null;
		return {
			name,
			sizeBytes: stats.size,
			contentType: mediaTypeOf(name),
			from: side,
			path: layout.resolve(key)
		};
	}

	async function listSide(run: RunId, side: Side): Promise<SessionFile[]> {
		const found: SessionFile[] = [];
		for (const raw of await files.names(folderOf(run, side))) {
			if (nameProblem(raw) !== null) continue;
			const file = await look(run, side, parseFileName(raw));
			if (file) found.push(file);
		}
		return found.sort(byName);
	}

	function sessionFiles(run: RunId): SessionFiles {
		return {
			async list() {
				const [input, output] = await Promise.all([
					listSide(run, 'input'),
					listSide(run, 'output')
				]);
				const written = new Set(output.map((file) => file.name));
				return [...output, ...input.filter((file) => !written.has(file.name))].sort(byName);
			},
			find: async (name) => (await look(run, 'output', name)) ?? look(run, 'input', name),
			async read(file, maxBytes) {
				const opened = await files.open(fileKey(folderOf(run, file.from), file.name));
				if (!opened)
					throw new DomainError('not_found', `There is no file "${file.name}" any more.`);
				try {
					const buffer = Buffer.alloc(Math.min(maxBytes, opened.stats.size));
					let filled = 0;
					while (filled < buffer.length) {
						const { bytesRead } = await opened.handle.read(buffer, filled, buffer.length - filled);
						if (bytesRead === 0) break;
						filled += bytesRead;
					}
					return buffer.subarray(0, filled);
				} finally {
					await opened.handle.close();
				}
			}
		};
	}

	async function attach(run: RunId, client: ClientId, name: FileName): Promise<void> {
		const stored = await library.find(client, name);
		if (!stored)
			throw new DomainError('not_found', `The attached file "${name}" is not in the library.`);
		await files.link(stored.key, inputFolder(run), name);
	}

	/** The library knows it, unless the input is not that file (any more). */
	async function digestOf(run: RunId, client: ClientId, name: FileName): Promise<string> {
		const key = fileKey(inputFolder(run), name);
		const stored = await library.find(client, name);
		const [mine, theirs] = await Promise.all([files.stat(key), stored && files.stat(stored.key)]);
		// A place may be given to another file between the two looks: its digest is another one then.
		const still = await library.find(client, name);
		const isSame = mine && theirs && mine.ino === theirs.ino && mine.dev === theirs.dev;
		if (stored && isSame && still?.sha256 === stored.sha256) return stored.sha256;
		return files.sha256(key);
	}

	async function requireSession(client: ClientId, run: RunId): Promise<void> {
		const row = db.q
			.select({ removed: runs.sessionRemovedAt })
			.from(runs)
			.where(and(eq(runs.id, run), eq(runs.clientId, client)))
			.get();
		if (!row) throw notFound();
		if (row.removed !== null || (await files.stat(sessionFolder(run))) === null)
			throw new DomainError(
				'gone',
				"This run's session was removed. What it produced is among its artifacts."
			);
	}

	const remove = (run: RunId) => files.removeFolder(sessionFolder(run));

	return {
		files: sessionFiles,
		attached: (runId, name) => look(runId, 'input', name),
		remove,
		// Every step asks as it ends: the wait for another thread would cost many times the look itself.
		outputChangedAt(runId) {
			const folder = layout.resolve(outputFolder(runId));
			return lstatSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
		},
		async create(runId, client, attachments, known = {}) {
			await files.makeFolder(inputFolder(runId));
			await files.makeFolder(outputFolder(runId));
			const digests: Record<string, string> = {};
			for (const name of attachments) {
				if (!(await look(runId, 'input', name))) await attach(runId, client, name);
				digests[name] = known[name] ?? (await digestOf(runId, client, name));
			}
			return digests;
		},
		async write(runId, name, bytes) {
			const staged = await files.stage(once(bytes), config.MAX_FILE_BYTES);
			try {
				await files.placeAt(staged, fileKey(outputFolder(runId), name));
			} catch (error) {
				await files.discard(staged);
				throw error;
			}
		},
		async listFiles(client, run) {
			await requireSession(client, run);
			const [input, output] = await Promise.all([listSide(run, 'input'), listSide(run, 'output')]);
			return { input: input.map(listed), output: output.map(listed) };
		},
		async find(client, run, name) {
			await requireSession(client, run);
			const file = await sessionFiles(run).find(name);
			if (!file) throw notFound();
			const key = fileKey(folderOf(run, file.from), name);
			const stats = await files.stat(key);
			if (!stats) throw notFound();
			const identity = `${stats.ino}:${stats.size}:${stats.mtimeMs}`;
			return {
				name: file.name,
				key,
				sizeBytes: file.sizeBytes,
				contentType: file.contentType,
				sha256: createHash('sha256').update(identity).digest('hex')
			};
		},
		async sweep() {
			const before = new Date(now().getTime() - config.SESSION_RETENTION_HOURS * HOUR_MS);
			const due = await db.write(() =>
				db.q
					.update(runs)
					.set({ sessionRemovedAt: now() })
					.where(
						and(
							inArray(runs.status, ENDED),
							isNull(runs.sessionRemovedAt),
							lt(runs.endedAt, before)
						)
					)
					.returning({ id: runs.id })
					.all()
			);
			for (const { id } of due) await removeOrWarn(id);
			if (due.length > 0) log.info({ count: due.length }, 'removed the sessions of ended runs');
		},
		async reconcile() {
			const kept = new Set(
				db.q.select({ id: runs.id }).from(runs).where(isNull(runs.sessionRemovedAt)).all().map(idOf)
			);
			for (const name of await files.names(storedKey('sessions'))) {
				if (!isRunId(name) || kept.has(name)) continue;
				await removeOrWarn(name);
				log.info({ run_id: name }, 'removed a session that no run needs');
			}
		}
	};

	async function removeOrWarn(id: string): Promise<void> {
		try {
			if (isRunId(id)) await remove(id);
		} catch (error) {
			log.warn(
				{ run_id: id, err: error },
				'could not remove a session; the next start tries again'
			);
		}
	}
}

const idOf = (row: { id: string }): string => row.id;
const byName = (a: SessionFile, b: SessionFile): number => (a.name < b.name ? -1 : 1);
const listed = (file: SessionFile) => ({ name: file.name, size_bytes: file.sizeBytes });

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
	yield bytes;
}

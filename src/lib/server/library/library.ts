import { byteSize } from '../../domain/byte-size';
import { DomainError, notFound } from '../../domain/errors';
import { foldName, numberedName, parseFileName, type FileName } from '../../domain/file-name';
import { PUBLIC_CLIENT, isClientId, type ClientId } from '../../domain/ids';
import type { LibraryFile, OnConflict, Origin } from '../../domain/library';
import { mediaTypeOf } from '../../domain/media-type';
import type { Clients } from '../clients/clients';
import type { Db } from '../db/client';
import type { Config } from '../platform/config';
import type { Log } from '../platform/log';
import { fileTooLarge, type Files, type Staged } from '../storage/files';
import { libraryFolder, storedKey, type StorageKey } from '../storage/layout';
import type { StoredFile } from '../storage/stored-file';
import { createReconcile } from './reconcile';
import {
	createLibraryRows,
	toLibraryFile,
	toStoredFile,
	type LibraryRow,
	type Scope
} from './rows';
import { SAMPLES } from './samples/samples';

/** A file that is already stored and becomes a library file as well. */
export interface Adoption {
	key: StorageKey;
	name: FileName;
	sizeBytes: number;
	sha256: string;
	contentType: string;
	origin: Origin;
}

export interface Library {
	/** The client's own files and the shared ones, by name; a private file hides a shared one of its name. */
	list(client: ClientId, options?: { q?: string }): Promise<LibraryFile[]>;
	/** Private, else public. Null when there is none, or when its bytes are gone from disk. */
	find(client: ClientId, name: FileName): Promise<(StoredFile & { scope: Scope }) | null>;
	/**
	 * Streams a new file in. Nothing is left when it throws: `too_large` beyond the file limit or the
	 * quota (before reading when `announcedBytes` says so), `conflict` when the name is taken and
	 * `onConflict` is `error`, `no_space`.
	 */
	add(
		client: ClientId,
		name: FileName,
		source: AsyncIterable<Uint8Array>,
		onConflict: OnConflict,
		announcedBytes?: number | null
	): Promise<LibraryFile>;
	/** How many bytes this client may still add. */
	room(client: ClientId): number;
	/** Keeps a run's file for good, without copying it; `created` is false when it is there already. */
	adopt(client: ClientId, source: Adoption): Promise<{ file: LibraryFile; created: boolean }>;
	rename(client: ClientId, from: FileName, to: FileName): Promise<LibraryFile>;
	remove(client: ClientId, name: FileName): Promise<void>;
	usage(client: ClientId): Promise<{ bytes: number; files: number }>;
	/** Puts the sample data on the shared shelf of a new installation: all of it, or none. */
	provideSamples(owner: Pick<Clients, 'hasPublic' | 'insertPublic'>): Promise<void>;
	/** Repairs what a crash left; only at start, under the lock. */
	reconcile(): Promise<void>;
}

export function createLibrary(deps: {
	db: Db;
	files: Files;
	config: Pick<Config, 'MAX_FILE_BYTES' | 'LIBRARY_QUOTA_BYTES'>;
	now: () => Date;
	newId: () => string;
	log: Pick<Log, 'info' | 'warn'>;
}): Library {
	const { db, files, config, now, newId } = deps;
	const rows = createLibraryRows(db);

	function room(client: ClientId, replaced: LibraryRow | null = null): number {
		if (client === PUBLIC_CLIENT) return Infinity;
		const used = rows.usageOf(client).bytes - (replaced?.sizeBytes ?? 0);
		return Math.max(0, config.LIBRARY_QUOTA_BYTES - used);
	}

	function quotaReached(free: number): DomainError {
		return new DomainError(
			'too_large',
			`Your library can hold ${byteSize(config.LIBRARY_QUOTA_BYTES)} and has room for ${byteSize(free)}. Delete files that you no longer need.`,
			{ library_bytes: config.LIBRARY_QUOTA_BYTES, free_bytes: free }
		);
	}

	/** Knows both limits before the first byte, and names the one that was reached. */
	async function stage(
		source: AsyncIterable<Uint8Array>,
		free: number,
		announcedBytes: number
	): Promise<Staged> {
		const limit = Math.min(config.MAX_FILE_BYTES, free);
		const refusal = () => (free < config.MAX_FILE_BYTES ? quotaReached(free) : fileTooLarge(limit));
		if (announcedBytes > limit) throw refusal();
		try {
			return await files.stage(source, limit);
		} catch (error) {
			throw error instanceof DomainError && error.code === 'too_large' ? refusal() : error;
		}
	}

	function newRow(
		client: ClientId,
		name: FileName,
		file: { sizeBytes: number; sha256: string; key: StorageKey; origin: Origin | null }
	): LibraryRow {
		return {
			id: newId(),
			clientId: client,
			name,
			foldedName: foldName(name),
			sizeBytes: file.sizeBytes,
			contentType: mediaTypeOf(name),
			sha256: file.sha256,
			uploadedAt: now(),
			origin: file.origin,
			storageKey: file.key,
			missing: false
		};
	}

	/** Inside a write unit: `name`, or the first numbered name that is free. */
	function freeName(client: ClientId, name: FileName): FileName {
		let candidate = name;
		for (let n = 2; rows.byName(client, candidate); n++) candidate = numberedName(name, n);
		return candidate;
	}

	/**
	 * Inside a write unit: gives a placed file its row, as `onConflict` says. The name is decided in
	 * the same unit that takes it, so two uploads of one name never meet.
	 */
	function record(row: LibraryRow, onConflict: OnConflict): Recorded {
		const client = clientOf(row);
		const name = parseFileName(row.name);
		const taken = rows.byName(client, name);
		// A row whose file is lost is listed nowhere, so its name is free.
		const replaced = taken && (taken.missing || onConflict === 'replace') ? taken : null;
		if (taken && !replaced && onConflict === 'error') throw nameTaken(taken.name);
		const free = room(client, replaced);
		if (row.sizeBytes > free) throw quotaReached(free);
		if (replaced) {
			const kept = { ...row, id: replaced.id };
			rows.swap(replaced, kept);
			return { kept, replaced };
		}
		const freeOne = freeName(client, name);
		const kept = { ...row, name: freeOne, foldedName: foldName(freeOne) };
		rows.insert(kept);
		return { kept, replaced: null };
	}

	/** Runs the unit that names the placed file, then removes whichever file lost its row. */
	async function commit(placed: StorageKey, unit: () => Recorded): Promise<LibraryFile> {
		const { kept, replaced } = await db.write(unit).catch(async (error: unknown) => {
			await files.remove(placed);
			throw error;
		});
		if (kept.storageKey !== placed) await files.remove(placed);
		// A lost file's row may have had the very place that the new file took.
		if (replaced && replaced.storageKey !== placed)
			await files.remove(storedKey(replaced.storageKey));
		return toLibraryFile(kept);
	}

	async function add(
		client: ClientId,
		name: FileName,
		source: AsyncIterable<Uint8Array>,
		onConflict: OnConflict,
		announcedBytes: number | null = null
	): Promise<LibraryFile> {
		const taken = rows.byName(client, name);
		if (taken && !taken.missing && onConflict === 'error') throw nameTaken(taken.name);
		const replaced = onConflict === 'replace' ? taken : null;
		const staged = await stage(source, room(client, replaced), announcedBytes ?? 0);
		const key = await files
			.place(staged, libraryFolder(client), name)
			.finally(() => files.discard(staged));
		const row = newRow(client, name, { ...staged, key, origin: null });
		return commit(key, () => record(row, onConflict));
	}

	/** The client's own row. @throws DomainError `forbidden` for a shared file, `not_found`. */
	function requireOwn(client: ClientId, name: FileName): LibraryRow {
		const own = rows.byName(client, name);
		if (own && !own.missing) return own;
		if (rows.byName(PUBLIC_CLIENT, name))
			throw new DomainError('forbidden', `"${name}" is on the shared shelf, which is read-only.`);
		throw notFound();
	}

	return {
		add,
		room: (client) => room(client),
		async list(client, { q = '' } = {}) {
			const wanted = foldName(q.trim());
			return rows
				.visibleTo(client)
				.filter((row) => row.foldedName.includes(wanted))
				.map(toLibraryFile);
		},
		async find(client, name) {
			const candidates = [client, PUBLIC_CLIENT].map((owner) => rows.byName(owner, name));
			const present = candidates.find((candidate) => candidate && !candidate.missing);
			return present ? toStoredFile(present) : null;
		},
		async adopt(client, source) {
			const there = rows.withOrigin(client, source.origin);
			if (there) return { file: toLibraryFile(there), created: false };
			const key = await files.link(source.key, libraryFolder(client), source.name);
			const row = newRow(client, source.name, { ...source, key });
			let created = true;
			const file = await commit(key, () => {
				// Asked again inside the unit: two promotes of one file at once keep one.
				const first = rows.withOrigin(client, source.origin);
				created = first === null;
				return first ? { kept: first, replaced: null } : record(row, 'keep');
			});
			return { file, created };
		},
		async rename(client, from, to) {
			const row = requireOwn(client, from);
			if (row.name === to) return toLibraryFile(row);
			const key = await files.link(storedKey(row.storageKey), libraryFolder(client), to);
			const after = {
				name: to,
				foldedName: foldName(to),
				contentType: mediaTypeOf(to),
				storageKey: key
			};
			try {
				await db.write(() => {
					const taken = rows.byName(client, to);
					if (taken && taken.id !== row.id) {
						if (!taken.missing) throw nameTaken(taken.name);
						rows.remove(taken);
					}
					if (!rows.swap(row, after)) throw notFound();
				});
			} catch (error) {
				await files.remove(key);
				throw error;
			}
			await files.remove(storedKey(row.storageKey));
			return toLibraryFile({ ...row, ...after });
		},
		async remove(client, name) {
			const row = requireOwn(client, name);
			if (!(await db.write(() => rows.remove(row)))) throw notFound();
			await files.remove(storedKey(row.storageKey));
		},
		usage: async (client) => rows.usageOf(client),
		async provideSamples(owner) {
			// Written together with the samples: an emptied shelf stays empty, and after a crash in the
			// middle the next start begins anew.
			if (owner.hasPublic()) return;
			const samples: LibraryRow[] = [];
			for (const sample of SAMPLES) {
				const name = parseFileName(sample.name);
				const staged = await files.stage(one(new TextEncoder().encode(sample.content)), Infinity);
				const key = await files.place(staged, libraryFolder(PUBLIC_CLIENT), name);
				samples.push(newRow(PUBLIC_CLIENT, name, { ...staged, key, origin: null }));
			}
			await db.write(() => {
				owner.insertPublic();
				for (const sample of samples) rows.insert(sample);
			});
		},
		reconcile: createReconcile({ db, files, rows, log: deps.log })
	};
}

/** A file's row, and the row whose file it took the place of. */
interface Recorded {
	kept: LibraryRow;
	replaced: LibraryRow | null;
}

function clientOf(row: LibraryRow): ClientId {
	if (isClientId(row.clientId)) return row.clientId;
	throw new Error(`The row ${row.id} of library_files has no client id.`);
}

function nameTaken(name: string): DomainError {
	return new DomainError('conflict', `There is a file named "${name}" already.`);
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
	yield bytes;
}

import { DomainError, notFound } from '../../domain/errors';
import { foldName, numberedName, type FileName } from '../../domain/file-name';
import { PUBLIC_CLIENT, type ClientId } from '../../domain/ids';
import type { LibraryFile, OnConflict, Origin } from '../../domain/library';
import { mediaTypeOf } from '../../domain/media-type';
import type { Db } from '../db/client';
import type { Config } from '../platform/config';
import type { Log } from '../platform/log';
import type { Files, Staged } from '../storage/files';
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
import { SAMPLES } from './samples';

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
	 * quota, `conflict` when the name is taken and `onConflict` is `error`, `no_space`.
	 */
	add(
		client: ClientId,
		name: FileName,
		source: AsyncIterable<Uint8Array>,
		onConflict: OnConflict
	): Promise<LibraryFile>;
	/** Keeps a run's file for good, without copying it; `created` is false when it is there already. */
	adopt(client: ClientId, source: Adoption): Promise<{ file: LibraryFile; created: boolean }>;
	rename(client: ClientId, from: FileName, to: FileName): Promise<LibraryFile>;
	remove(client: ClientId, name: FileName): Promise<void>;
	usage(client: ClientId): Promise<{ bytes: number; files: number }>;
	/** Puts the sample data on the shared shelf of a new installation. */
	provideSamples(): Promise<void>;
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

	/** How much this client may still add. @throws DomainError `too_large` when that is less than `bytes`. */
	function requireRoom(client: ClientId, bytes: number): number {
		const room = config.LIBRARY_QUOTA_BYTES - rows.usageOf(client).bytes;
		if (bytes <= room) return room;
		throw new DomainError(
			'too_large',
			`Your library can hold ${config.LIBRARY_QUOTA_BYTES} bytes and has room for ${Math.max(0, room)}. Delete files that you no longer need.`,
			{ library_bytes: config.LIBRARY_QUOTA_BYTES, free_bytes: Math.max(0, room) }
		);
	}

	async function stage(client: ClientId, source: AsyncIterable<Uint8Array>): Promise<Staged> {
		const room = client === PUBLIC_CLIENT ? Infinity : requireRoom(client, 1);
		try {
			return await files.stage(source, Math.min(config.MAX_FILE_BYTES, room));
		} catch (error) {
			if (
				error instanceof DomainError &&
				error.code === 'too_large' &&
				room < config.MAX_FILE_BYTES
			)
				requireRoom(client, room + 1);
			throw error;
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
	 * Gives a placed file its row, as `onConflict` says. The name is decided in the same unit that takes
	 * it, so two uploads of one name never meet.
	 */
	async function record(row: LibraryRow, onConflict: OnConflict): Promise<LibraryRow> {
		const client = row.clientId as ClientId;
		const name = row.name as FileName;
		const { kept, replaced } = await db.write(() => {
			if (client !== PUBLIC_CLIENT) requireRoom(client, row.sizeBytes);
			const taken = rows.byName(client, name);
			if (taken && onConflict === 'error')
				throw new DomainError('conflict', `There is a file named "${taken.name}" already.`);
			if (taken && onConflict === 'replace') {
				const { id: _id, clientId: _client, ...content } = row;
				rows.swap(taken, content);
				return { kept: { ...row, id: taken.id }, replaced: taken };
			}
			const free = freeName(client, name);
			const inserted = { ...row, name: free, foldedName: foldName(free) };
			rows.insert(inserted);
			return { kept: inserted, replaced: null };
		});
		if (replaced) await files.remove(storedKey(replaced.storageKey));
		return kept;
	}

	async function add(
		client: ClientId,
		name: FileName,
		source: AsyncIterable<Uint8Array>,
		onConflict: OnConflict
	): Promise<LibraryFile> {
		if (onConflict === 'error' && rows.byName(client, name))
			throw new DomainError('conflict', `There is a file named "${name}" already.`);
		const staged = await stage(client, source);
		let key: StorageKey;
		try {
			key = await files.place(staged, libraryFolder(client), name);
		} catch (error) {
			await files.discard(staged);
			throw error;
		}
		try {
			return toLibraryFile(
				await record(newRow(client, name, { ...staged, key, origin: null }), onConflict)
			);
		} catch (error) {
			await files.remove(key);
			throw error;
		}
	}

	/** The client's own row. @throws DomainError `forbidden` for a shared file, `not_found`. */
	function requireOwn(client: ClientId, name: FileName): LibraryRow {
		const own = rows.byName(client, name);
		if (own) return own;
		if (rows.byName(PUBLIC_CLIENT, name))
			throw new DomainError('forbidden', `"${name}" is on the shared shelf, which is read-only.`);
		throw notFound();
	}

	return {
		add,
		async list(client, { q = '' } = {}) {
			const wanted = foldName(q.trim());
			return rows
				.visibleTo(client)
				.filter((row) => row.foldedName.includes(wanted))
				.map(toLibraryFile);
		},
		async find(client, name) {
			const row = rows.byName(client, name) ?? rows.byName(PUBLIC_CLIENT, name);
			return row && !row.missing ? toStoredFile(row) : null;
		},
		async adopt(client, source) {
			const there = rows.withOrigin(client, source.origin);
			if (there) return { file: toLibraryFile(there), created: false };
			requireRoom(client, source.sizeBytes);
			const key = await files.link(source.key, libraryFolder(client), source.name);
			try {
				const row = newRow(client, source.name, { ...source, key });
				return { file: toLibraryFile(await record(row, 'keep')), created: true };
			} catch (error) {
				await files.remove(key);
				throw error;
			}
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
					if (taken && taken.id !== row.id)
						throw new DomainError('conflict', `There is a file named "${taken.name}" already.`);
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
		async provideSamples() {
			// An emptied shelf stays empty: its folder shows that it was filled once.
			if (rows.anyPublic() || (await files.stat(libraryFolder(PUBLIC_CLIENT)))) return;
			for (const sample of SAMPLES)
				await add(PUBLIC_CLIENT, sample.name, one(sample.bytes), 'keep');
			await files.makeFolder(libraryFolder(PUBLIC_CLIENT));
		},
		reconcile: createReconcile({ db, files, rows, log: deps.log })
	};
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
	yield bytes;
}

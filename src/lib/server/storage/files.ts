import { createHash, randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { byteSize } from '../../domain/byte-size';
import { DomainError, notFound } from '../../domain/errors';
import { withMark, type FileName } from '../../domain/file-name';
import { fileKey, type Layout, type StorageKey } from './layout';

/** A complete file that is on disk and has no place yet. */
export interface Staged {
	/** Absolute, in the temp folder. */
	path: string;
	sizeBytes: number;
	/** Lower-case hex. */
	sha256: string;
}

export interface Files {
	/**
	 * Streams bytes to a temp file, hashing on the way: flat memory, fsync, mode 0440. Is done with a
	 * chunk before it asks for the next; large chunks are quicker than many small ones. Leaves nothing
	 * behind when it throws: `too_large` beyond `maxBytes`, `no_space` when the disk is full, and
	 * whatever the source throws.
	 */
	stage(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Staged>;
	/** Gives a staged file a place under `name`, or under a name like it when that is taken. */
	place(staged: Staged, folder: StorageKey, name: FileName): Promise<StorageKey>;
	/** Gives a staged file exactly this place, replacing what is there in one step. */
	placeAt(staged: Staged, key: StorageKey): Promise<void>;
	/**
	 * A second name for an immutable file: a hard link, or a copy where links are impossible.
	 * @throws DomainError `not_found` when the source is gone.
	 */
	link(source: StorageKey, folder: StorageKey, name: FileName): Promise<StorageKey>;
	/**
	 * The same under exactly this place, replacing what is there in one step.
	 * @throws DomainError `not_found` when the source is gone.
	 */
	linkAt(source: StorageKey, key: StorageKey): Promise<void>;
	discard(staged: Staged): Promise<void>;
	/** Opens a regular file for reading; follows no link and waits for no FIFO. Null when it is not one. */
	open(key: StorageKey): Promise<{ handle: fs.FileHandle; stats: Stats } | null>;
	/** Of the thing itself, not of what it links to; null when nothing is there. */
	stat(key: StorageKey): Promise<Stats | null>;
	sha256(key: StorageKey): Promise<string>;
	/** Names in a folder; empty when it does not exist. */
	names(folder: StorageKey): Promise<string[]>;
	makeFolder(folder: StorageKey): Promise<void>;
	/** Removes a file; already gone is fine. */
	remove(key: StorageKey): Promise<void>;
	/** Removes a folder and all below it; already gone is fine. */
	removeFolder(folder: StorageKey): Promise<void>;
	/** Removes a folder that holds nothing; leaves any other as it is. */
	removeEmptyFolder(folder: StorageKey): Promise<void>;
}

const FILE_MODE = 0o440;
const FOLDER_MODE = 0o750;

export function createFiles(layout: Layout): Files {
	async function stage(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Staged> {
		const temp = path.join(layout.temp, randomUUID());
		const handle = await fs.open(temp, 'wx', FILE_MODE).catch((error: unknown) => {
			throw diskError(error);
		});
		const hash = createHash('sha256');
		const writeBack = createWriteBack(handle);
		let failure: { error: unknown } | null = null;
		let sizeBytes = 0;
		try {
			for await (const chunk of source) {
				sizeBytes += chunk.byteLength;
				if (sizeBytes > maxBytes) throw fileTooLarge(maxBytes);
				// Another thread writes while this one hashes.
				const written = writeAll(handle, chunk);
				hash.update(chunk);
				await written;
				await writeBack.after(chunk.byteLength);
			}
			await writeBack.idle();
			await handle.sync();
			return { path: temp, sizeBytes, sha256: hash.digest('hex') };
		} catch (error) {
			failure = { error };
			await writeBack.idle().catch(() => undefined);
			throw diskError(error);
		} finally {
			await handle.close();
			if (failure) await fs.rm(temp, { force: true });
		}
	}

	async function linkUnderFreeName(
		source: string,
		folder: StorageKey,
		name: FileName,
		link: (source: string, target: string) => Promise<void>
	): Promise<StorageKey> {
		await makeFolder(folder);
		let candidate = name;
		for (;;) {
			const key = fileKey(folder, candidate);
			try {
				await link(source, layout.resolve(key));
				await syncFolder(layout.resolve(folder));
				return key;
			} catch (error) {
				if (codeOf(error) === 'ENOENT') throw notFound();
				if (codeOf(error) !== 'EEXIST') throw diskError(error);
				candidate = withMark(name, `~${randomUUID().slice(0, 8)}`);
			}
		}
	}

	async function discard(staged: Staged): Promise<void> {
		await fs.rm(staged.path, { force: true });
	}

	async function makeFolder(folder: StorageKey): Promise<void> {
		const absolute = layout.resolve(folder);
		const options = { recursive: true, mode: FOLDER_MODE } as const;
		const firstMade = await fs.mkdir(absolute, options).catch((error: unknown) => {
			throw diskError(error);
		});
		if (firstMade === undefined) return;
		for (let made = absolute; made.length >= firstMade.length; made = path.dirname(made))
			await syncFolder(path.dirname(made));
	}

	return {
		stage,
		discard,
		makeFolder,
		async place(staged, folder, name) {
			const key = await linkUnderFreeName(staged.path, folder, name, fs.link);
			await discard(staged);
			return key;
		},
		async placeAt(staged, key) {
			await fs.rename(staged.path, layout.resolve(key)).catch((error: unknown) => {
				throw diskError(error);
			});
			await syncFolder(path.dirname(layout.resolve(key)));
		},
		link: (source, folder, name) =>
			linkUnderFreeName(layout.resolve(source), folder, name, linkOrCopy),
		async linkAt(source, key) {
			const temp = path.join(layout.temp, randomUUID());
			try {
				await linkOrCopy(layout.resolve(source), temp);
				await fs.rename(temp, layout.resolve(key));
				await syncFolder(path.dirname(layout.resolve(key)));
			} catch (error) {
				throw codeOf(error) === 'ENOENT' ? notFound() : diskError(error);
			} finally {
				// Renaming one name of a file onto another of the same file leaves both.
				await fs.rm(temp, { force: true });
			}
		},
		async open(key) {
			const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
			let handle: fs.FileHandle;
			try {
				handle = await fs.open(layout.resolve(key), flags);
			} catch (error) {
				if (['ENOENT', 'ELOOP', 'ENXIO', 'ENOTDIR'].includes(codeOf(error) ?? '')) return null;
				throw error;
			}
			const stats = await handle.stat();
			if (stats.isFile()) return { handle, stats };
			await handle.close();
			return null;
		},
		async stat(key) {
			try {
				return await fs.lstat(layout.resolve(key));
			} catch (error) {
				if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
				throw error;
			}
		},
		async sha256(key) {
			const hash = createHash('sha256');
			const handle = await fs.open(
				layout.resolve(key),
				constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
			);
			for await (const chunk of handle.createReadStream({ highWaterMark: 1024 * 1024 }))
				hash.update(chunk as Uint8Array);
			return hash.digest('hex');
		},
		async names(folder) {
			try {
				return await fs.readdir(layout.resolve(folder));
			} catch (error) {
				if (codeOf(error) === 'ENOENT') return [];
				throw error;
			}
		},
		async remove(key) {
			await fs.rm(layout.resolve(key), { force: true });
		},
		async removeFolder(folder) {
			await fs.rm(layout.resolve(folder), { recursive: true, force: true });
		},
		async removeEmptyFolder(folder) {
			try {
				await fs.rmdir(layout.resolve(folder));
			} catch (error) {
				if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
			}
		}
	};
}

const WRITE_BACK_BYTES = 32 * 1024 * 1024;

/**
 * Lets the disk begin with what has come while more is coming: otherwise all of a large file waits in
 * memory for the sync at its end.
 */
function createWriteBack(handle: fs.FileHandle): {
	/** Counts written bytes. @throws what the disk refused of earlier ones */
	after(bytes: number): Promise<void>;
	idle(): Promise<void>;
} {
	let waiting = 0;
	let isBusy = false;
	let last: Promise<void> = Promise.resolve();
	return {
		async after(bytes) {
			waiting += bytes;
			if (isBusy || waiting < WRITE_BACK_BYTES) return;
			await last;
			waiting = 0;
			isBusy = true;
			last = handle.datasync().finally(() => (isBusy = false));
			// Thrown to whoever asks next; until then it is not an unhandled rejection.
			last.catch(() => undefined);
		},
		idle: () => last
	};
}

async function writeAll(handle: fs.FileHandle, bytes: Uint8Array): Promise<void> {
	for (let done = 0; done < bytes.byteLength; )
		done += (await handle.write(bytes, done, bytes.byteLength - done)).bytesWritten;
}

async function linkOrCopy(source: string, target: string): Promise<void> {
	try {
		await fs.link(source, target);
	} catch (error) {
		if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(codeOf(error) ?? '')) throw error;
		await fs.copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
		await fs.chmod(target, FILE_MODE);
		const handle = await fs.open(target, 'r');
		await handle.sync().finally(() => handle.close());
	}
}

/** Makes a new or removed name in a folder survive a power loss. */
async function syncFolder(folder: string): Promise<void> {
	const handle = await fs.open(folder, 'r');
	await handle.sync().finally(() => handle.close());
}

export function fileTooLarge(maxBytes: number): DomainError {
	return new DomainError('too_large', `A file can have at most ${byteSize(maxBytes)}.`, {
		max_bytes: maxBytes
	});
}

function diskError(error: unknown): unknown {
	if (codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT')
		return new DomainError(
			'no_space',
			'The disk is full. Delete files that are no longer needed, then try again.',
			undefined,
			{ cause: error }
		);
	return error;
}

function codeOf(error: unknown): string | undefined {
	return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

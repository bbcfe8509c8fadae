import { predictLength, makeZip } from 'client-zip';
import type { FileHandle } from 'node:fs/promises';
import { DomainError } from '../../domain/errors';
import { foldName, numberedName, parseFileName, type FileName } from '../../domain/file-name';
import { shortId, type RunId } from '../../domain/ids';
import type { Files } from '../storage/files';
import { storedKey } from '../storage/layout';
import type { ArtifactRow } from './artifact-rows';

export interface Archive {
	/** What a browser saves it as. */
	name: string;
	/** Exactly what the stream will bring. */
	sizeBytes: bigint;
	stream: ReadableStream<Uint8Array>;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * A flat zip of files, made while it is sent: one file is open at a time, none before it is needed,
 * and none after the end, an error or a cancel. The stream fails when a file is gone from disk.
 */
export function createArchive(files: Files, run: RunId, rows: ArtifactRow[]): Archive {
	const entries = withDistinctNames(rows);
	return {
		name: `raro-${shortId(run)}.zip`,
		sizeBytes: predictLength(entries.map(({ name, row }) => ({ name, size: row.sizeBytes }))),
		stream: makeZip(oneAtATime(files, entries))
	};
}

interface Entry {
	name: FileName;
	row: ArtifactRow;
}

/** Names that differ only by case would overwrite each other where they are unpacked. */
function withDistinctNames(rows: ArtifactRow[]): Entry[] {
	const taken = new Set(rows.map((row) => row.filename));
	const used = new Set<string>();
	return rows.map((row) => {
		const own = parseFileName(row.filename);
		let name = own;
		for (let n = 2; used.has(foldName(name)) || (name !== own && taken.has(name)); n++)
			name = numberedName(own, n);
		used.add(foldName(name));
		return { name, row };
	});
}

type ZipInput = {
	name: string;
	lastModified: Date;
	size: number;
	input: AsyncIterable<Uint8Array>;
};

/** What the zip asks for, entry by entry; asking for the next closes the one before. */
function oneAtATime(files: Files, entries: Entry[]): AsyncGenerator<ZipInput> {
	const queue = entries.values();
	let open: FileHandle | null = null;

	async function close(): Promise<void> {
		const handle = open;
		open = null;
		await handle?.close();
	}

	async function* bytesOf({ name, row }: Entry): AsyncGenerator<Uint8Array> {
		const found = await files.open(storedKey(row.storageKey));
		if (!found) throw new DomainError('gone', `"${name}" is missing on the server's disk.`);
		open = found.handle;
		try {
			for (;;) {
				const chunk = new Uint8Array(CHUNK_BYTES);
				const { bytesRead } = await found.handle.read(chunk);
				if (bytesRead === 0) return;
				yield chunk.subarray(0, bytesRead);
			}
		} finally {
			await close();
		}
	}

	async function stop(): Promise<IteratorResult<ZipInput>> {
		await close();
		return { done: true, value: undefined };
	}

	return {
		async next() {
			const { done, value } = queue.next();
			if (done) return stop();
			const { name, row } = value;
			const input = bytesOf(value);
			return {
				done: false,
				value: { name, lastModified: row.generatedAt, size: row.sizeBytes, input }
			};
		},
		return: stop,
		throw: stop,
		[Symbol.asyncIterator]() {
			return this;
		},
		[Symbol.asyncDispose]: close
	};
}

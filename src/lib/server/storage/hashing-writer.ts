import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** Enough to make system calls rare, little enough to keep many uploads in memory. */
const BUFFER_BYTES = 1024 * 1024;
/** What one system call takes; also bounds what a stream of tiny chunks costs. */
const MAX_BUFFERS = 1024;

/**
 * Writes to a file from its beginning and hashes on the way, without copying. While one buffer is
 * being written by the system, the next one is taken and hashed; at most two are in memory.
 */
export function createHashingWriter(handle: FileHandle): {
	write(chunk: Uint8Array): Promise<void>;
	/** Writes what is left. @returns the SHA-256 of everything, lower-case hex. */
	finish(): Promise<string>;
	/** Resolves when no write is under way, also after a failure. */
	settled(): Promise<void>;
} {
	const hash = createHash('sha256');
	let waiting: Uint8Array[] = [];
	let waitingBytes = 0;
	/** Never rejects, so that a failure waits for whoever asks next. */
	let underWay: Promise<{ error: unknown } | null> = Promise.resolve(null);

	async function flush(): Promise<void> {
		await requireWritten();
		const buffers = waiting;
		waiting = [];
		waitingBytes = 0;
		if (buffers.length > 0)
			underWay = writeAll(handle, buffers).then(
				() => null,
				(error: unknown) => ({ error })
			);
	}

	async function requireWritten(): Promise<void> {
		const failed = await underWay;
		if (failed) throw failed.error;
	}

	return {
		async write(chunk) {
			hash.update(chunk);
			waiting.push(chunk);
			waitingBytes += chunk.byteLength;
			if (waitingBytes >= BUFFER_BYTES || waiting.length >= MAX_BUFFERS) await flush();
		},
		async finish() {
			await flush();
			await requireWritten();
			return hash.digest('hex');
		},
		async settled() {
			await underWay;
		}
	};
}

async function writeAll(handle: FileHandle, buffers: Uint8Array[]): Promise<void> {
	let rest = buffers;
	while (rest.length > 0) {
		const { bytesWritten } = await handle.writev(rest);
		rest = after(rest, bytesWritten);
	}
}

/** What is left of `buffers` after the first `count` bytes. */
function after(buffers: Uint8Array[], count: number): Uint8Array[] {
	let skip = count;
	return buffers.flatMap((buffer) => {
		const cut = Math.min(skip, buffer.byteLength);
		skip -= cut;
		return cut === buffer.byteLength ? [] : [buffer.subarray(cut)];
	});
}

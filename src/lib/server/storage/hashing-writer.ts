import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** Enough to make system calls rare, little enough for many uploads at once. */
const BUFFER_BYTES = 1024 * 1024;
/** Buffers that wait for the next upload; the rest is left to the garbage collector. */
const MAX_SPARE = 8;
const spare: Buffer[] = [];

/**
 * Writes to a file from its beginning and hashes on the way. Chunks are gathered in large buffers that
 * are used again: that costs one copy and saves far more in garbage, system calls and hash calls. While
 * the system writes one buffer, the next one is filled; there are never more than two.
 */
export function createHashingWriter(handle: FileHandle): {
	write(chunk: Uint8Array): Promise<void>;
	/** Writes what is left. @returns the SHA-256 of everything, lower-case hex. */
	finish(): Promise<string>;
	/** Resolves when no write is under way, also after a failure; afterwards nothing may be written. */
	release(): Promise<void>;
} {
	const hash = createHash('sha256');
	let filling = takeBuffer();
	let filled = 0;
	let resting: Buffer | null = null;
	/** Never rejects, so that a failure waits for whoever asks next. */
	let underWay: Promise<{ error: unknown } | null> = Promise.resolve(null);

	async function requireWritten(): Promise<void> {
		const failed = await underWay;
		if (failed) throw failed.error;
	}

	async function flush(): Promise<void> {
		await requireWritten();
		if (filled === 0) return;
		const full = filling.subarray(0, filled);
		const next = resting ?? takeBuffer();
		resting = filling;
		filling = next;
		filled = 0;
		underWay = writeAll(handle, full).then(
			() => null,
			(error: unknown) => ({ error })
		);
		hash.update(full);
	}

	return {
		async write(chunk) {
			let rest = chunk;
			while (rest.byteLength > 0) {
				const part = rest.subarray(0, BUFFER_BYTES - filled);
				filling.set(part, filled);
				filled += part.byteLength;
				rest = rest.subarray(part.byteLength);
				if (filled === BUFFER_BYTES) await flush();
			}
		},
		async finish() {
			await flush();
			await requireWritten();
			return hash.digest('hex');
		},
		async release() {
			await underWay;
			for (const buffer of [filling, resting])
				if (buffer && spare.length < MAX_SPARE) spare.push(buffer);
		}
	};
}

function takeBuffer(): Buffer {
	return spare.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
	let done = 0;
	while (done < bytes.byteLength)
		done += (await handle.write(bytes, done, bytes.byteLength - done)).bytesWritten;
}

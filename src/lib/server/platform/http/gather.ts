import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

/**
 * What a request brings, in chunks of `size` bytes; the last one is smaller. There are two buffers: one
 * is filled while the caller works on the other, and when both are full the sender has to wait. So a
 * chunk's bytes are overwritten once the next one is asked for.
 *
 * Listening to `data` and copying at once keeps small chunks from waiting in queues.
 * @throws Error when the sender leaves, after the bytes that had come.
 */
export async function* gather(req: IncomingMessage, size: number): AsyncGenerator<Uint8Array> {
	let filling: Buffer = Buffer.allocUnsafeSlow(size);
	let filled = 0;
	let other: Buffer | null = null;
	/** The end of a chunk that did not fit; comes first once there is room. */
	let rest: Buffer = Buffer.alloc(0);
	let isOver = req.destroyed;
	let wake = () => {};

	function take(chunk: Buffer): void {
		const part = chunk.subarray(0, size - filled);
		filling.set(part, filled);
		filled += part.length;
		rest = chunk.subarray(part.length);
		if (filled < size) return;
		req.pause();
		wake();
	}
	function finish(): void {
		isOver = true;
		wake();
	}

	req.on('data', take).once('end', finish).once('close', finish);
	try {
		for (;;) {
			while (filled < size && !isOver) await new Promise<void>((resolve) => (wake = resolve));
			if (filled === 0) break;
			const chunk = filling.subarray(0, filled);
			[filling, other] = [other ?? Buffer.allocUnsafeSlow(size), filling];
			filled = 0;
			take(rest);
			if (filled < size) req.resume();
			yield chunk;
		}
		if (!req.complete) throw new Error('The sender left.');
	} finally {
		req.off('data', take).off('end', finish).off('close', finish);
		req.pause();
	}
}

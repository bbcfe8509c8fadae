import { DomainError } from '../../../domain/errors';
import { MalformedRequest } from './malformed';

/** A request's bytes, read once. */
export interface RequestBody extends AsyncIterable<Uint8Array> {
	/** From the Content-Length header; null when it was not announced. */
	readonly announcedBytes: number | null;
	/**
	 * Lets the rest run into the void, so that a client which is still sending gets to read the answer.
	 * Gives up, and closes the connection, after a gigabyte or half a minute.
	 */
	discard(): void;
}

const DISCARD_BYTES = 1024 ** 3;
const DISCARD_MS = 30_000;

/**
 * Reads `request`. Leaving the loop early does not close the connection: call `discard` then.
 * Iterating throws MalformedRequest when the body breaks off.
 * @throws DomainError `unsupported` when there are bytes that the framework does not hand over
 * because they have no type; taking that for an empty body would lose them.
 */
export function bodyOf(request: Request): RequestBody {
	const length = request.headers.get('content-length');
	const announcedBytes = length !== null && /^\d+$/.test(length) ? Number(length) : null;
	const isAnnounced = (announcedBytes ?? 0) > 0 || request.headers.has('transfer-encoding');
	if (!request.body && isAnnounced)
		throw new DomainError(
			'unsupported',
			'Say what you send with a Content-Type header, for example application/octet-stream.'
		);
	const reader = request.body?.getReader();

	return {
		announcedBytes,
		async *[Symbol.asyncIterator]() {
			for (;;) {
				const chunk = await reader?.read().catch((cause: unknown) => {
					throw brokenOff(cause);
				});
				if (!chunk || chunk.done) return;
				yield chunk.value;
			}
		},
		discard() {
			if (reader) void discardRest(reader);
		}
	};
}

/** The failure of an upload whose sender went away or whose framing is wrong. */
export function brokenOff(cause: unknown): MalformedRequest {
	return new MalformedRequest(
		'The upload broke off before all of it had arrived. Please send it again.',
		{ cause }
	);
}

async function discardRest(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
	const timer = setTimeout(() => void reader.cancel().catch(ignore), DISCARD_MS);
	try {
		let seen = 0;
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return;
			seen += value.byteLength;
			if (seen > DISCARD_BYTES) return await reader.cancel();
		}
	} catch {
		// The sender left; nobody waits for the answer.
	} finally {
		clearTimeout(timer);
	}
}

function ignore(): void {}

import type { IncomingMessage } from 'node:http';
import { DomainError } from '../../../domain/errors';
import { gather } from './gather';
import { MalformedRequest } from './malformed';

/** What a body is read from: an event of the framework, or a bare request. */
export interface BodySource {
	request: Request;
	platform?: Readonly<App.Platform> | undefined;
}

/**
 * A request's bytes, read once. The bytes of a chunk are overwritten when the next one is asked for:
 * copy what has to last.
 */
export interface RequestBody extends AsyncIterable<Uint8Array> {
	/** From the Content-Length header; null when it was not announced. */
	readonly announcedBytes: number | null;
	/**
	 * Lets the rest run into the void, so that a client which is still sending gets to read the answer.
	 * Gives up, and closes the connection, after a gigabyte or half a minute.
	 */
	discard(): void;
}

const CHUNK_BYTES = 1024 * 1024;
const DISCARD_BYTES = 1024 ** 3;
const DISCARD_MS = 30_000;

/**
 * The only way to a request's body. The server keeps bodies from the framework, which would turn them
 * into web streams of small chunks (docs/decisions/0006-request-bodies.md); they are read from Node's own
 * request. During development the framework has them.
 *
 * Iterating throws MalformedRequest when the body breaks off. Leaving the loop early does not close the
 * connection: call `discard` after the loop.
 * @throws DomainError `unsupported` when there are bytes that the framework does not hand over
 * because they have no type; taking that for an empty body would lose them.
 */
export function bodyOf({ request, platform }: BodySource): RequestBody {
	if (request.body || !platform) return webBody(request);
	const { req } = platform;
	const announcedBytes = lengthOf(req.headersDistinct['content-length']?.[0]);
	return {
		announcedBytes,
		[Symbol.asyncIterator]: () =>
			failingAsBrokenOff(gather(req, Math.min(announcedBytes || CHUNK_BYTES, CHUNK_BYTES))),
		discard: () => discardRest(req)
	};
}

function webBody(request: Request): RequestBody {
	const announcedBytes = lengthOf(request.headers.get('content-length'));
	const isAnnounced = (announcedBytes ?? 0) > 0 || request.headers.has('transfer-encoding');
	if (!request.body && isAnnounced)
		throw new DomainError(
			'unsupported',
			'Say what you send with a Content-Type header, for example application/octet-stream.'
		);
	const reader = request.body?.getReader();
	return {
		announcedBytes,
		[Symbol.asyncIterator]: () => failingAsBrokenOff(reader ? chunksOf(reader) : []),
		discard() {
			if (reader) void discardStream(reader);
		}
	};
}

async function* chunksOf(
	reader: ReadableStreamDefaultReader<Uint8Array>
): AsyncGenerator<Uint8Array> {
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return;
		yield value;
	}
}

function lengthOf(header: string | null | undefined): number | null {
	return header && /^\d+$/.test(header) ? Number(header) : null;
}

/** Failures of reading, not of the caller, say what a person has to do. */
async function* failingAsBrokenOff(
	chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
): AsyncGenerator<Uint8Array> {
	try {
		yield* chunks;
	} catch (cause) {
		throw new MalformedRequest(
			'The upload broke off before all of it had arrived. Please send it again.',
			{ cause }
		);
	}
}

function discardRest(req: IncomingMessage): void {
	const timer = setTimeout(() => req.destroy(), DISCARD_MS).unref();
	let seen = 0;
	req.once('close', () => clearTimeout(timer));
	req.on('data', (chunk: Uint8Array) => {
		seen += chunk.byteLength;
		if (seen > DISCARD_BYTES) req.destroy();
	});
	req.resume();
}

async function discardStream(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
	const giveUp = () => void reader.cancel().catch(() => undefined);
	const timer = setTimeout(giveUp, DISCARD_MS);
	try {
		for (let seen = 0; seen <= DISCARD_BYTES;) {
			const { done, value } = await reader.read();
			if (done) return;
			seen += value.byteLength;
		}
		giveUp();
	} catch {
		// The sender left; nobody waits for the answer.
	} finally {
		clearTimeout(timer);
	}
}

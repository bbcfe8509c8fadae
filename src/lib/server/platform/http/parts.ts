import { Buffer } from 'node:buffer';
import { MalformedRequest } from './malformed';

/** One field or file of a multipart/form-data body. */
export interface Part {
	name: string;
	/** As the sender wrote it; null for a text field. */
	filename: string | null;
	/** Valid until the next part is asked for; may be left unread. */
	bytes: AsyncIterable<Uint8Array>;
}

const MAX_HEADER_BYTES = 16 * 1024;
const LINE_END = Buffer.from('\r\n');
const DELIMITER_START = Buffer.from('\r\n--');
const HEADER_END = Buffer.from('\r\n\r\n');

/**
 * Takes a multipart/form-data body (RFC 7578) apart while it arrives, without copying: each part's bytes
 * are pieces of the body's chunks.
 * @throws MalformedRequest when it is broken or ends early; also from the iteration of a part's bytes.
 */
export async function* partsOf(
	body: AsyncIterable<Uint8Array>,
	boundary: string
): AsyncGenerator<Part> {
	const chunks = body[Symbol.asyncIterator]();
	const delimiter = Buffer.from(`\r\n--${boundary}`);
	/** Bytes that came and are not consumed. The first delimiter has no line end before it. */
	let window: Buffer = LINE_END;
	let isInside = true;

	/** Adds the next chunk to the window. */
	async function read(): Promise<void> {
		// The body overwrites a chunk when the next one is asked for.
		const kept = Buffer.from(window);
		const { done, value } = await chunks.next();
		if (done) throw new MalformedRequest('The upload ends before its last boundary.');
		const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
		window = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
	}

	function consume(length: number): Buffer {
		const bytes = window.subarray(0, length);
		window = window.subarray(length);
		return bytes;
	}

	/** Everything up to the next delimiter, which is consumed. */
	async function* untilDelimiter(): AsyncGenerator<Uint8Array> {
		while (isInside) {
			const at = indexOfDelimiter(window, delimiter);
			const bytes = consume(at === -1 ? maybeDelimiterAt(window, delimiter) : at);
			if (at !== -1) {
				consume(delimiter.length);
				isInside = false;
			}
			if (bytes.length > 0) yield bytes;
			if (isInside) await read();
		}
	}

	async function skipToDelimiter(): Promise<void> {
		const bytes = untilDelimiter();
		while (!(await bytes.next()).done);
	}

	/** The header lines of a part, null after the last one. */
	async function readHeaders(): Promise<string | null> {
		while (window.length < 2) await read();
		if (window.toString('latin1', 0, 2) === '--') return null;
		for (;;) {
			const end = window.indexOf(HEADER_END);
			if (end > MAX_HEADER_BYTES || (end === -1 && window.length > MAX_HEADER_BYTES))
				throw new MalformedRequest('A part of the upload has headers that are too long.');
			if (end !== -1) return consume(end + HEADER_END.length).toString('utf8', 0, end);
			await read();
		}
	}

	try {
		for (;;) {
			await skipToDelimiter();
			const headers = await readHeaders();
			if (headers === null) break;
			isInside = true;
			yield { ...describe(headers), bytes: untilDelimiter() };
		}
		// What follows the last boundary means nothing, but the sender has to get rid of it.
		while (!(await chunks.next()).done);
	} finally {
		await chunks.return?.();
	}
}

/** Looks for the first four bytes, which are rare and found many times faster than the whole. */
function indexOfDelimiter(window: Buffer, delimiter: Buffer): number {
	let at = window.indexOf(DELIMITER_START);
	while (at !== -1 && !window.subarray(at, at + delimiter.length).equals(delimiter))
		at = window.indexOf(DELIMITER_START, at + 1);
	return at;
}

/** Where the end of `window` may be the beginning of `delimiter`; the window's length when nowhere. */
function maybeDelimiterAt(window: Buffer, delimiter: Buffer): number {
	let at = Math.max(0, window.length - delimiter.length + 1);
	while (
		at < window.length &&
		!delimiter.subarray(0, window.length - at).equals(window.subarray(at))
	)
		at++;
	return at;
}

const HEADER = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*)$/;
const PARAMETER = /;[ \t]*([\w*-]+)=(?:"((?:[^"\\]|\\.)*)"|([^;" \t]*))[ \t]*/gy;

/** Reads the lines after a boundary: the rest of its own line, which has to be blank, then headers. */
function describe(headers: string): Pick<Part, 'name' | 'filename'> {
	const [blank = '', ...lines] = headers.split('\r\n');
	if (blank.trim() !== '') throw broken();
	const parameters = new Map<string, string>();
	for (const line of lines) {
		const [, header = '', value = ''] = HEADER.exec(line) ?? [];
		if (header === '') throw broken();
		if (header.toLowerCase() !== 'content-disposition') continue;
		const [type = ''] = /^form-data[ \t]*/i.exec(value) ?? [];
		let end = type.length;
		for (const [whole, key = '', quoted, bare = ''] of value.slice(end).matchAll(PARAMETER)) {
			parameters.set(key.toLowerCase(), quoted?.replace(/\\(["\\])/g, '$1') ?? bare);
			end += whole.length;
		}
		if (type === '' || end < value.length) throw broken();
	}
	const name = parameters.get('name');
	if (name === undefined) throw broken();
	return { name, filename: filenameOf(parameters) };
}

function filenameOf(parameters: ReadonlyMap<string, string>): string | null {
	const [, encoded] = /^utf-8'[^']*'(.*)$/i.exec(parameters.get('filename*') ?? '') ?? [];
	const plain = parameters.get('filename') ?? null;
	if (encoded === undefined) return plain === null ? null : asTyped(plain);
	try {
		return decodeURIComponent(encoded);
	} catch {
		throw broken();
	}
}

/** Browsers write quotes and line ends of a name as `%22`, `%0D`, `%0A` (WHATWG, multipart encoding). */
function asTyped(name: string): string {
	return name.replace(/%(22|0D|0A)/gi, (escape) => decodeURIComponent(escape));
}

function broken(): MalformedRequest {
	return new MalformedRequest('A part of the upload has a broken header.');
}

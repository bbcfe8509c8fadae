import { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import busboy from 'busboy';
import { byteSize } from '../../../domain/byte-size';
import { DomainError } from '../../../domain/errors';
import type { RefusedUpload } from '../../../domain/library';
import { bodyOf, type RequestBody } from './body';
import { MalformedRequest } from './malformed';

export interface ReceivedUpload<Kept> {
	/** Text fields by name. */
	fields: Map<string, string>;
	files: Kept[];
	refused: RefusedUpload[];
	/** The first refusal, for the answer's status when every file was refused. */
	firstRefusal: DomainError | null;
}

/** Keeps one file of an upload; gets the text fields that came before it. */
export type KeepFile<Kept> = (
	name: string,
	bytes: AsyncIterable<Uint8Array>,
	fields: ReadonlyMap<string, string>
) => Promise<Kept>;

const MAX_FILES = 1000;
const MAX_FIELDS = 100;
const MAX_FIELD_BYTES = 64 * 1024;
const BUFFER_BYTES = 1024 * 1024;

/**
 * Takes a multipart body apart while it arrives: `keep` gets each file's bytes as a stream, one file
 * at a time, in flat memory. A file that `keep` refuses with a DomainError is listed with the reason,
 * its rest is dropped, and the next one has its turn. Inputs that were left empty are skipped.
 *
 * Files that were complete before a body broke off stay: they are whole, and the error names them.
 * @throws DomainError `unsupported` for another type, `too_large` when more than `maxBytes` is announced,
 * MalformedRequest when the body is broken or ends early, whatever else `keep` throws.
 */
export async function receiveUpload<Kept>(
	request: Request,
	keep: KeepFile<Kept>,
	options: { maxBytes?: number } = {}
): Promise<ReceivedUpload<Kept>> {
	const upload: ReceivedUpload<Kept> = {
		fields: new Map(),
		files: [],
		refused: [],
		firstRefusal: null
	};
	const body = bodyOf(request);
	try {
		const parser = openParser(request.headers.get('content-type') ?? '');
		if ((body.announcedBytes ?? 0) > (options.maxBytes ?? Infinity))
			throw new DomainError(
				'too_large',
				`This upload has ${byteSize(body.announcedBytes ?? 0)}, but there is only room for ${byteSize(options.maxBytes ?? 0)}.`,
				{ max_bytes: options.maxBytes }
			);
		await takeApart(body, parser, upload, keep);
		return upload;
	} catch (error) {
		body.discard();
		throw error;
	}
}

async function takeApart<Kept>(
	body: RequestBody,
	parser: busboy.Busboy,
	upload: ReceivedUpload<Kept>,
	keep: KeepFile<Kept>
): Promise<void> {
	let failure: unknown = null;
	const fail = (error: unknown) => {
		failure ??= error;
		if (!parser.destroyed) parser.destroy(failure instanceof Error ? failure : undefined);
	};
	/** The files' work, chained so that their order is the body's. Never rejects. */
	let work = Promise.resolve();

	parser.on('field', (name, value, { valueTruncated }) => {
		if (valueTruncated) fail(new MalformedRequest(`The form field "${name}" is too long.`));
		else upload.fields.set(name, value);
	});
	parser.on('file', (_field, stream, info) => {
		// The parser destroys a file's stream when the body breaks; reading it tells, if anyone reads.
		stream.on('error', () => undefined);
		const name = asTyped((info.filename as string | undefined) ?? '');
		work = work.then(() => keepOne(name, stream, upload, keep)).catch(fail);
	});
	parser.once('filesLimit', () =>
		fail(new DomainError('too_large', `One upload can have at most ${MAX_FILES} files.`))
	);
	parser.once('fieldsLimit', () =>
		fail(new MalformedRequest(`One form can have at most ${MAX_FIELDS} fields.`))
	);
	const parsed = finished(parser).catch((cause: unknown) =>
		fail(new MalformedRequest('The upload is not complete multipart/form-data.', { cause }))
	);

	try {
		for await (const chunk of body) {
			if (failure) break;
			await written(parser, chunk);
		}
		if (!failure) parser.end();
	} catch (error) {
		fail(error);
	}
	await parsed;
	await work;
	if (failure) throw failure;
}

/** Hands one file to `keep`, and lets the rest of it run into the void when `keep` does not want it. */
async function keepOne<Kept>(
	name: string,
	stream: Readable,
	upload: ReceivedUpload<Kept>,
	keep: KeepFile<Kept>
): Promise<void> {
	const refuse = (error: DomainError) => {
		upload.refused.push({ name, code: error.code, message: error.message });
		upload.firstRefusal ??= error;
	};
	try {
		if (name !== '') upload.files.push(await keep(name, wholeFile(stream), upload.fields));
		else if (await hasBytes(stream))
			refuse(new DomainError('invalid', 'A file was sent without a name.'));
	} catch (error) {
		if (!(error instanceof DomainError) || error instanceof MalformedRequest) throw error;
		refuse(error);
	} finally {
		stream.resume();
	}
}

/** Reads a part without destroying it, so that the parser can go on when the reader stops early. */
async function* wholeFile(stream: Readable): AsyncGenerator<Uint8Array> {
	try {
		for await (const chunk of stream.iterator({ destroyOnReturn: false }))
			if (chunk instanceof Uint8Array) yield chunk;
	} catch (cause) {
		throw new MalformedRequest('The upload broke off in the middle of this file.', { cause });
	}
}

async function hasBytes(stream: Readable): Promise<boolean> {
	for await (const chunk of wholeFile(stream)) if (chunk.byteLength > 0) return true;
	return false;
}

/** Resolves when the parser has taken the chunk: back-pressure reaches the sender. */
function written(parser: busboy.Busboy, chunk: Uint8Array): Promise<void> {
	return new Promise((resolve) => {
		parser.once('close', resolve);
		parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength), () => {
			parser.off('close', resolve);
			resolve();
		});
	});
}

/** Browsers write quotes and line ends of a name as `%22`, `%0D`, `%0A` (WHATWG, multipart encoding). */
function asTyped(name: string): string {
	return name.replace(/%(22|0D|0A)/gi, (escape) => decodeURIComponent(escape));
}

function openParser(type: string): busboy.Busboy {
	if (!/^multipart\/form-data\s*(;|$)/i.test(type))
		throw new DomainError('unsupported', 'Send the files as multipart/form-data.');
	try {
		return busboy({
			headers: { 'content-type': type },
			limits: { files: MAX_FILES, fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES },
			defParamCharset: 'utf8',
			// Names are refused, not repaired: `../x` must not quietly become `x`.
			preservePath: true,
			highWaterMark: BUFFER_BYTES,
			fileHwm: BUFFER_BYTES
		});
	} catch (cause) {
		throw new MalformedRequest('The multipart/form-data has no boundary.', { cause });
	}
}

import { Buffer } from 'node:buffer';
import { byteSize } from '../../../domain/byte-size';
import { DomainError } from '../../../domain/errors';
import type { RefusedUpload } from '../../../domain/library';
import { bodyOf, type BodySource } from './body';
import { MalformedRequest } from './malformed';
import { partsOf, type Part } from './parts';

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

/**
 * Takes a multipart body apart while it arrives: `keep` gets each file's bytes as a stream, one file
 * at a time, in flat memory. A file that `keep` refuses with a DomainError is listed with the reason,
 * its rest is dropped, and the next one has its turn. Inputs that were left empty are skipped.
 *
 * Files that were complete before a body broke off stay: they are whole, and the error names them in
 * its message and as `kept` in its details.
 * @throws DomainError `unsupported` for another type, `too_large` when more than `maxBytes` is announced,
 * MalformedRequest when the body is broken or ends early, whatever else `keep` throws.
 */
export async function receiveUpload<Kept extends { name: string }>(
	source: BodySource,
	keep: KeepFile<Kept>,
	options: { maxBytes?: number } = {}
): Promise<ReceivedUpload<Kept>> {
	const upload: ReceivedUpload<Kept> = {
		fields: new Map(),
		files: [],
		refused: [],
		firstRefusal: null
	};
	const body = bodyOf(source);
	try {
		const boundary = boundaryOf(source.request.headers.get('content-type') ?? '');
		if ((body.announcedBytes ?? 0) > (options.maxBytes ?? Infinity))
			throw new DomainError(
				'too_large',
				`This upload has ${byteSize(body.announcedBytes ?? 0)}, but there is only room for ${byteSize(options.maxBytes ?? 0)}.`,
				{ max_bytes: options.maxBytes }
			);
		let files = 0;
		for await (const part of partsOf(body, boundary)) {
			if (part.filename === null) await readField(part, upload.fields);
			else if (++files > MAX_FILES)
				throw new MalformedRequest(`One upload can have at most ${MAX_FILES} files.`);
			else await keepOne(part.filename, part.bytes, upload, keep);
		}
		return upload;
	} catch (error) {
		body.discard();
		throw error instanceof MalformedRequest ? withKept(error, upload.files) : error;
	}
}

/** So that a person knows what need not be sent again. */
function withKept(error: MalformedRequest, files: { name: string }[]): MalformedRequest {
	if (files.length === 0) return error;
	const kept = files.map((file) => file.name);
	return new MalformedRequest(
		`${error.message} These files had arrived and are kept: ${kept.join(', ')}.`,
		{ cause: error, details: { kept } }
	);
}

async function readField({ name, bytes }: Part, fields: Map<string, string>): Promise<void> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of bytes) {
		size += chunk.byteLength;
		if (size > MAX_FIELD_BYTES) throw new MalformedRequest(`The form field "${name}" is too long.`);
		chunks.push(new Uint8Array(chunk));
	}
	fields.set(name, Buffer.concat(chunks).toString());
	if (fields.size > MAX_FIELDS)
		throw new MalformedRequest(`One form can have at most ${MAX_FIELDS} fields.`);
}

async function keepOne<Kept>(
	name: string,
	bytes: AsyncIterable<Uint8Array>,
	upload: ReceivedUpload<Kept>,
	keep: KeepFile<Kept>
): Promise<void> {
	try {
		if (name !== '') upload.files.push(await keep(name, bytes, upload.fields));
		else if (await hasBytes(bytes))
			throw new DomainError('invalid', 'A file was sent without a name.');
	} catch (error) {
		if (!(error instanceof DomainError) || error instanceof MalformedRequest) throw error;
		upload.refused.push({ name, code: error.code, message: error.message });
		upload.firstRefusal ??= error;
	}
}

async function hasBytes(bytes: AsyncIterable<Uint8Array>): Promise<boolean> {
	for await (const chunk of bytes) if (chunk.byteLength > 0) return true;
	return false;
}

function boundaryOf(type: string): string {
	if (!/^multipart\/form-data\s*(;|$)/i.test(type))
		throw new DomainError('unsupported', 'Send the files as multipart/form-data.');
	const [, quoted, bare] = /;\s*boundary=(?:"([^"]+)"|([^;\s"]+))/i.exec(type) ?? [];
	const boundary = quoted ?? bare;
	if (boundary !== undefined && boundary.length <= 70) return boundary;
	throw new MalformedRequest('The multipart/form-data has no boundary.');
}

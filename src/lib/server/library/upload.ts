import { DomainError } from '../../domain/errors';
import { parseFileName } from '../../domain/file-name';
import type { ClientId } from '../../domain/ids';
import type { LibraryFile, OnConflict } from '../../domain/library';
import { bodyOf, type BodySource } from '../platform/http/body';
import { receiveUpload, type ReceivedUpload } from '../platform/http/multipart';
import type { Library } from './library';

const ON_CONFLICT: readonly string[] = ['keep', 'replace', 'error'] satisfies OnConflict[];
const FIELDS = new Set(['on_conflict']);
/** What boundaries, part headers and text fields may add to the files' own bytes. */
const FRAMING_BYTES = 4 * 1024 * 1024;

function isOnConflict(raw: string): raw is OnConflict {
	return ON_CONFLICT.includes(raw);
}

/** Null when nothing was said. @throws DomainError `invalid` */
export function parseOnConflict(raw: string | null | undefined): OnConflict | null {
	if (raw === null || raw === undefined) return null;
	if (isOnConflict(raw)) return raw;
	throw new DomainError('invalid', `on_conflict is ${ON_CONFLICT.join(', ')}; not "${raw}".`);
}

/**
 * Streams the files of a form into the client's library. `on_conflict` may be given, or come as a
 * text field before the files.
 * @throws DomainError what `receiveUpload` throws, and `invalid` when there was no file at all.
 */
export async function receiveFiles(
	library: Pick<Library, 'add' | 'room'>,
	client: ClientId,
	source: BodySource,
	onConflict: OnConflict | null
): Promise<ReceivedUpload<LibraryFile>> {
	const upload = await receiveUpload(
		source,
		(name, bytes, fields) => {
			requireKnown(fields);
			const asked = onConflict ?? parseOnConflict(fields.get('on_conflict')) ?? 'keep';
			return library.add(client, parseFileName(name), bytes, asked);
		},
		{ maxBytes: library.room(client) + FRAMING_BYTES }
	);
	if (upload.files.length > 0 || upload.refused.length > 0) return upload;
	throw new DomainError('invalid', 'No file was sent. Choose one or more, then upload.');
}

function requireKnown(fields: ReadonlyMap<string, string>): void {
	for (const name of fields.keys())
		if (!FIELDS.has(name))
			throw new DomainError('invalid', `The form field "${name}" means nothing here.`);
}

/** Streams a request's body into one library file. @throws DomainError as `Library.add` does. */
export async function receiveFile(
	library: Pick<Library, 'add'>,
	client: ClientId,
	source: BodySource,
	rawName: string,
	onConflict: OnConflict
): Promise<LibraryFile> {
	const body = bodyOf(source);
	try {
		const name = parseFileName(rawName);
		return await library.add(client, name, body, onConflict, body.announcedBytes);
	} catch (error) {
		body.discard();
		throw error;
	}
}

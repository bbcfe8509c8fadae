import type { RequestEvent } from '@sveltejs/kit';
import type { Fields } from '$lib/components/console/answer';
import { DomainError } from '$lib/domain/errors';
import { bodyOf } from '$lib/server/platform/http/body';

const MAX_FORM_BYTES = 1024 * 1024;

/** Reads a form of text fields, however it is encoded, without ever holding more than a megabyte. */
export async function readForm(event: RequestEvent): Promise<FormData> {
	const body = bodyOf(event);
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	let size = 0;
	for await (const chunk of body) {
		size += chunk.byteLength;
		if (size > MAX_FORM_BYTES) break;
		chunks.push(new Uint8Array(chunk));
	}
	if (size > MAX_FORM_BYTES) {
		body.discard();
		throw new DomainError('too_large', 'This form is too large: it holds at most 1 MB of text.');
	}
	const headers = { 'content-type': event.request.headers.get('content-type') ?? '' };
	try {
		return await new Response(Buffer.concat(chunks), { headers }).formData();
	} catch (cause) {
		const message = 'The form could not be read. Reload the page and try again.';
		throw new DomainError('invalid', message, undefined, { cause });
	}
}

/** Text fields by name; a name that was sent more than once is a list. Files are left out. */
export function fieldsOf(form: FormData): Fields {
	const fields: Fields = {};
	for (const name of new Set(form.keys())) {
		const values = form.getAll(name).filter((value) => typeof value === 'string');
		const [first] = values;
		if (first !== undefined) fields[name] = values.length === 1 ? first : values;
	}
	return fields;
}

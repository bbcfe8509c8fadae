import { DomainError } from '../../../domain/errors';

/**
 * What a request wants to replace: the tag in its `If-Match`, null for `If-None-Match: *`, which is to
 * make something new; undefined when it does not say.
 * @throws DomainError `invalid` for any other use of the two
 */
export function replaces({ headers }: Pick<Request, 'headers'>): string | null | undefined {
	const [match, none] = [headers.get('if-match'), headers.get('if-none-match')];
	if (match === null && none === null) return undefined;
	if (match === null && none?.trim() === '*') return null;
	// A proxy that compresses answers may have made the tag a weak one.
	const tag = /^(?:W\/)?"([^"]+)"$/.exec(match?.trim() ?? '')?.[1];
	if (none === null && tag !== undefined) return tag;
	throw new DomainError(
		'invalid',
		'Send If-Match with the ETag of what you replace, or If-None-Match: * for something new.'
	);
}

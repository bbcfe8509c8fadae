import { DomainError } from '../../domain/errors';

/** Names a place in a list that is ordered by time and id; opaque to who holds it. */
export function cursorOf(at: Date, id: string): string {
	return Buffer.from(`${at.getTime()}.${id}`).toString('base64url');
}

/** @throws DomainError `invalid` when this is not one of ours. */
export function parseCursor(raw: string): { at: Date; id: string } {
	const match = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(Buffer.from(raw, 'base64url').toString());
	if (!match?.[1] || !match[2])
		throw new DomainError('invalid', 'This cursor is not one that the list gave out.');
	return { at: new Date(Number(match[1])), id: match[2] };
}

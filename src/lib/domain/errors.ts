/** The failures a person or a script can cause, by the names of the HTTP contract. */
export type ErrorCode =
	| 'unauthorized'
	| 'forbidden'
	| 'not_found'
	| 'conflict'
	| 'gone'
	| 'too_large'
	| 'unsupported'
	| 'invalid'
	| 'too_many'
	| 'unavailable'
	| 'no_space';

/**
 * An expected failure. `message` is written for a person: what was wrong, where, and what to do.
 * Everything else that is thrown is a bug.
 */
export class DomainError extends Error {
	override readonly name = 'DomainError';

	constructor(
		readonly code: ErrorCode,
		message: string,
		readonly details?: unknown,
		options?: ErrorOptions
	) {
		super(message, options);
	}
}

/** The refusal for what does not exist and for what belongs to somebody else: always the same. */
export function notFound(): DomainError {
	return new DomainError('not_found', 'Nothing is here. It may have been deleted.');
}

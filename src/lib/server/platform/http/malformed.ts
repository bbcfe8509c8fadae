import { DomainError } from '../../../domain/errors';

/** A request that cannot even be read: broken framing, an early end. Answered with 400. */
export class MalformedRequest extends DomainError {
	constructor(message: string, options?: ErrorOptions & { details?: unknown }) {
		super('invalid', message, options?.details, options);
	}
}

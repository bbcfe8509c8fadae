import { DomainError } from '../../domain/errors';

/**
 * A token bucket for each name: `burst` at once, then one more every `refillMs`.
 * @returns 0 when this one may pass, otherwise the seconds to wait.
 */
export function createRateLimit(options: {
	burst: number;
	refillMs: number;
	now: () => Date;
}): (name: string) => number {
	const { burst, refillMs, now } = options;
	/** When each bucket will be full again. */
	const fullAt = new Map<string, number>();

	return (name) => {
		const at = now().getTime();
		for (const [known, time] of fullAt) if (time <= at) fullAt.delete(known);
		const full = Math.max(fullAt.get(name) ?? at, at) + refillMs;
		const wait = full - at - burst * refillMs;
		if (wait > 0) return Math.ceil(wait / 1000);
		fullAt.set(name, full);
		return 0;
	};
}

/** @throws DomainError `too_many` unless there is nothing to wait for. */
export function requirePass(waitSeconds: number): void {
	if (waitSeconds > 0)
		throw new DomainError(
			'too_many',
			`Too many new clients come from this address. Try again in ${waitSeconds} s.`,
			{ retry_after_s: waitSeconds }
		);
}

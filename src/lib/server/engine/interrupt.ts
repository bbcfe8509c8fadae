/** Why the engine makes a step let go before it is done. */
export type InterruptReason =
	'stopped' | 'shutdown' | 'run_timeout' | 'step_timeout' | 'tool_timeout';

/** The reason of an aborted signal: an outcome, not a failure. */
export class Interrupt extends Error {
	override readonly name = 'Interrupt';

	constructor(readonly reason: InterruptReason) {
		super(`interrupted: ${reason}`);
	}
}

/** A step that cannot go on, with a reason for a person. */
export class StepFailure extends Error {
	override readonly name = 'StepFailure';

	constructor(
		readonly code: string,
		message: string
	) {
		super(message);
	}
}

/** Somebody else has claimed the step since: nothing of this attempt may be committed. */
export class StaleClaim extends Error {
	override readonly name = 'StaleClaim';
}

/** setTimeout counts in 32 bits. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Does `work` under a time limit: its signal is aborted with `reason` after `ms`, or with the parent's
 * reason. Rejects at once when that happens, whether or not `work` listens.
 */
export async function within<T>(
	parent: AbortSignal,
	ms: number,
	reason: InterruptReason,
	work: (signal: AbortSignal) => Promise<T>
): Promise<T> {
	parent.throwIfAborted();
	const own = new AbortController();
	const timer = setTimeout(() => own.abort(new Interrupt(reason)), Math.min(ms, MAX_TIMER_MS));
	const follow = () => own.abort(parent.reason);
	parent.addEventListener('abort', follow, { once: true });
	let lose: () => void = () => undefined;
	const lost = new Promise<never>((_, reject) => {
		lose = () => reject(own.signal.reason);
		own.signal.addEventListener('abort', lose, { once: true });
	});
	try {
		const done = work(own.signal);
		// When the limit wins, nobody waits for `done` any more; its late failure must not end the process.
		done.catch(() => undefined);
		return await Promise.race([done, lost]);
	} finally {
		clearTimeout(timer);
		parent.removeEventListener('abort', follow);
		own.signal.removeEventListener('abort', lose);
	}
}

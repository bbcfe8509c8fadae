import { setTimeout as wait } from 'node:timers/promises';
import { attemptTurn, type Turn, type TurnLimits, type TurnListener } from './attempt';
import { ModelError, type Model, type TurnRequest } from './model';

export interface TurnPolicy extends TurnLimits {
	/** Waits before each further attempt, on average; as many attempts more as there are entries. */
	delaysMs: readonly number[];
	/** From 0 to below 1: spreads the attempts of steps that failed together. */
	random(): number;
}

export interface TurnHooks extends TurnListener {
	/** Asked before each attempt, as long as it takes: the most that may be answered, if there is a bound. */
	bound?(): Promise<number | undefined>;
	/**
	 * The attempt failed and what it has streamed is void; the next one follows after `delayMs`. The wait
	 * begins when this has resolved.
	 */
	again?(error: ModelError, delayMs: number): Promise<void>;
}

/** A service that asks for more patience than this is not waited for. */
const MAX_WAIT_MS = 60_000;
const MAX_TURN_MS = 600_000;
const DELAYS_MS: readonly number[] = [1_000, 4_000, 12_000];

/** The policy of a server with this configuration. */
export function turnPolicy(
	config: { MODEL_IDLE_TIMEOUT_S: number; STEP_TIMEOUT_S: number },
	delaysMs: readonly number[] = DELAYS_MS
): TurnPolicy {
	const idleMs = config.MODEL_IDLE_TIMEOUT_S * 1000;
	return {
		// A local server loads the model before its first word.
		firstByteMs: 2 * idleMs,
		idleMs,
		totalMs: Math.min(config.STEP_TIMEOUT_S * 1000, MAX_TURN_MS),
		delaysMs,
		random: Math.random
	};
}

/**
 * Asks the model for one turn, and again after a failure that may pass: the one place that decides so.
 * @throws what `bound` throws; the signal's reason as soon as it is aborted, also while waiting; otherwise
 * ModelError when it gave up: of the service, or `model_first_byte_timeout`, `model_idle_timeout`, `model_turn_timeout`.
 */
export async function takeTurn(
	model: Model,
	request: TurnRequest,
	policy: TurnPolicy,
	hooks: TurnHooks,
	signal: AbortSignal
): Promise<Turn> {
	const failures = new Map<string, number>();
	for (let attempt = 0; ; attempt += 1) {
		const maxOutputTokens = (await hooks.bound?.()) ?? request.maxOutputTokens;
		const bounded = maxOutputTokens === undefined ? request : { ...request, maxOutputTokens };
		try {
			return await attemptTurn(model, bounded, policy, hooks, signal);
		} catch (error) {
			if (signal.aborted || !(error instanceof ModelError) || !error.retryable) throw error;
			const { code, attempts, retryAfterMs } = error;
			const failed = (failures.get(code) ?? 0) + 1;
			failures.set(code, failed);
			const delay = policy.delaysMs[attempt];
			if (retryAfterMs !== null && retryAfterMs > MAX_WAIT_MS) throw tooLong(error, retryAfterMs);
			if (delay === undefined || (attempts !== null && failed > attempts)) throw error;
			const delayMs = Math.max(delay * (0.5 + policy.random()), retryAfterMs ?? 0);
			await hooks.again?.(error, delayMs);
			await pause(delayMs, signal);
		}
	}
}

function tooLong(error: ModelError, retryAfterMs: number): ModelError {
	const minutes = Math.ceil(retryAfterMs / 60_000);
	const asked = minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
	const message = `${error.message} The service asks to wait ${asked} before the next attempt.`;
	return new ModelError(error.code, message, true, { cause: error, retryAfterMs });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
	try {
		await wait(ms, undefined, { signal });
	} catch (error) {
		signal.throwIfAborted();
		throw error;
	}
}

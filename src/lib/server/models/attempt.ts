import { ModelError, type Model, type ToolCall, type TurnRequest, type Usage } from './model';

/** A whole turn, folded from what a model has streamed. */
export interface Turn {
	provider: string;
	model: string;
	/** The provider's own message, verbatim. */
	wire: unknown;
	text: string;
	calls: ToolCall[];
	usage: Usage;
}

/** How long one attempt may take, in milliseconds. */
export interface TurnLimits {
	/** Until the first part. */
	firstByteMs: number;
	/** Between two parts. */
	idleMs: number;
	/** From the question to the last part. */
	totalMs: number;
}

/** Hears what is streamed, until the attempt is over. */
export interface TurnListener {
	text?(text: string): void;
	thought?(text: string): void;
	/** The attempt failed or was left, having taken this much; null when the service said nothing of it. */
	failed?(usage: Usage | null): void;
}

/** setTimeout counts in 32 bits. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Asks the model once. Rejects at once when a limit is reached or `parent` is aborted, whether or not
 * the model listens: with the limit's ModelError (not retryable) or the parent's reason, whatever the
 * abort made the model throw. The model's signal is aborted in any case.
 */
export async function attemptTurn(
	model: Model,
	request: TurnRequest,
	limits: TurnLimits,
	listener: TurnListener,
	parent: AbortSignal
): Promise<Turn> {
	parent.throwIfAborted();
	const own = new AbortController();
	const { signal } = own;
	const limit = (ms: number, reason: (seconds: string) => ModelError) =>
		setTimeout(() => own.abort(reason(inSeconds(ms))), Math.min(ms, MAX_TIMER_MS));
	const first = limit(limits.firstByteMs, firstByteTimeout);
	const total = limit(limits.totalMs, turnTimeout);
	let idle: NodeJS.Timeout | undefined;
	const heard = () => {
		clearTimeout(first);
		idle = idle?.refresh() ?? limit(limits.idleMs, idleTimeout);
	};
	const follow = () => own.abort(parent.reason);
	parent.addEventListener('abort', follow, { once: true });
	const lost = new Promise<never>((_, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
	let taken: Usage | null = null;
	const counted = (usage: Usage) => (taken = usage);
	const done = fold(model, request, listener, { heard, counted }, signal);
	// Whichever loses the race, nobody waits for it any more; it must not end the process.
	for (const promise of [lost, done]) promise.catch(() => undefined);
	try {
		return await Promise.race([done, lost]);
	} catch (error) {
		listener.failed?.(taken);
		throw signal.aborted ? signal.reason : error;
	} finally {
		for (const timer of [first, total, idle]) clearTimeout(timer);
		parent.removeEventListener('abort', follow);
		own.abort();
	}
}

async function fold(
	model: Model,
	request: TurnRequest,
	listener: TurnListener,
	{ heard, counted }: { heard: () => void; counted: (usage: Usage) => void },
	signal: AbortSignal
): Promise<Turn> {
	const calls: ToolCall[] = [];
	let text = '';
	for await (const part of model.streamTurn(request, signal)) {
		// A model that does not listen must not go on writing after it was given up.
		signal.throwIfAborted();
		heard();
		if (part.type === 'text') {
			text += part.text;
			listener.text?.(part.text);
		} else if (part.type === 'thought') listener.thought?.(part.text);
		else if (part.type === 'tool_call') calls.push(part.call);
		else if (part.type === 'progress') {
			if (part.usage) counted(part.usage);
		} else {
			const { provider, model, wire, usage } = part;
			return { provider, model, wire, text, calls, usage };
		}
	}
	signal.throwIfAborted();
	throw new ModelError(
		'model_incomplete',
		'The model stopped before its answer was complete.',
		true
	);
}

const inSeconds = (ms: number): string => `${ms / 1000} seconds`;

const firstByteTimeout = (limit: string): ModelError =>
	new ModelError(
		'model_first_byte_timeout',
		`The model did not begin to answer within ${limit}. A local server may still be loading it: try again later, or raise MODEL_IDLE_TIMEOUT_S.`,
		false
	);

const idleTimeout = (limit: string): ModelError =>
	new ModelError('model_idle_timeout', `The model sent nothing for ${limit}.`, false);

const turnTimeout = (limit: string): ModelError =>
	new ModelError('model_turn_timeout', `The model's turn took longer than ${limit}.`, false);

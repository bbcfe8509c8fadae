import { ModelError } from '../model';
import { readApiError, type ApiFailure } from './api-error';

/** Of whom an error is told, and what can be said to be tried. */
export interface Asked {
	model: string;
	/** Appears in no message. */
	apiKey: string;
	/** Leaves out the signatures of the turns so far from now on; false when it does already. */
	forgetSignatures(): boolean;
}

const BAD_SIGNATURE =
	/\b(invalid|corrupted) thought[ _]signature|thought[ _]signature is not valid/i;
const BROKEN_STREAM = /^(Incomplete JSON segment|exception parsing stream chunk)/;

/** A failure of the SDK as one of ours; anything that is not the service's fault comes back as it is. */
export function toModelError(error: unknown, asked: Asked): unknown {
	if (error instanceof ModelError || !(error instanceof Error)) return error;
	if (isApiError(error)) return fromService(readApiError(error, asked.apiKey), asked);
	if (error instanceof SyntaxError || BROKEN_STREAM.test(error.message)) return cutOff(error);
	if (error instanceof TypeError) {
		const code = networkCode(error);
		if (code !== null)
			return new ModelError(
				'model_unavailable',
				`Gemini cannot be reached (${code}). Check the network, and GEMINI_BASE_URL if it is set.`,
				true,
				{ cause: error }
			);
	}
	return error;
}

/** The stream ended before the answer did. */
export function cutOff(cause?: unknown): ModelError {
	const message = 'Gemini’s answer broke off before it was complete.';
	return new ModelError('model_incomplete', message, true, { cause });
}

/** By shape: the class itself would load the whole SDK. */
function isApiError(error: Error): error is Error & { status: number } {
	return error.name === 'ApiError' && 'status' in error && typeof error.status === 'number';
}

/** Of undici's errors: `fetch failed` before headers, `terminated` after. */
function networkCode(error: TypeError): string | null {
	if (error.message !== 'fetch failed' && error.message !== 'terminated') return null;
	const { cause } = error;
	const code = cause instanceof Error && 'code' in cause ? cause.code : null;
	return typeof code === 'string' ? code : error.message;
}

function fromService(failure: ApiFailure, asked: Asked): ModelError {
	const { status, message, reason, retryAfterMs, exhausted } = failure;
	const says = message ?? `error ${status}`;
	// Not the SDK's own error: that one may quote the key.
	const cause = new Error(`Gemini answered with ${status} (${reason ?? 'no reason'}): ${says}`);
	const named = (code: string, text: string) => new ModelError(code, text, false, { cause });
	const later = (code: string, text: string) =>
		new ModelError(code, text, true, { cause, ...(retryAfterMs === null ? {} : { retryAfterMs }) });

	if (status === 401 || status === 403 || reason?.startsWith('API_KEY_'))
		return named(
			'model_auth',
			'Gemini refused the key in GEMINI_API_KEY. Check that it is right, still valid, and allowed to use ' +
				`${asked.model}.`
		);
	if (status === 404)
		return named(
			'model_bad_request',
			`Gemini has no model "${asked.model}" for this key. Choose another one.`
		);
	if (status === 429)
		return exhausted
			? named(
					'model_quota',
					`The Gemini quota of this key for ${asked.model} is used up or is zero. Wait until tomorrow, use another model, or raise the quota.`
				)
			: later(
					'model_rate_limited',
					'Gemini was asked more often than the quota of this key allows.'
				);
	if (status === 408 || status === 409 || status === 499 || status >= 500)
		return later('model_unavailable', `Gemini is not available at the moment: ${says}`);
	if (BAD_SIGNATURE.test(message ?? '')) {
		const again = asked.forgetSignatures();
		const text = 'Gemini did not accept the signatures of its former turns.';
		return new ModelError('model_bad_request', text, again, { cause, attempts: 1 });
	}
	return named('model_bad_request', `Gemini refused the request: ${says}`);
}

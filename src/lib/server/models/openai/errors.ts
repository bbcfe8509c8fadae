import { ModelError } from '../model';
import { OPENAI_URL, type Server } from './client';
import { readFailure, type Failure } from './failure';

/** A failure of the SDK as one of ours; a bug comes back as it is. */
export function toModelError(error: unknown, asked: Server & { model: string }): unknown {
	const failure = readFailure(error);
	if (failure.kind === 'bug') return error;
	if (failure.kind === 'own') return failure.error;
	if (failure.kind === 'network') return unreachable(failure.code, asked, error);
	if (failure.kind === 'unreadable')
		return new ModelError(
			'model_incomplete',
			'The model’s answer broke off in the middle of a message.',
			true,
			{ cause: error }
		);
	return fromServer(failure, asked, error);
}

function unreachable(code: string, { baseUrl }: Server, cause: unknown): ModelError {
	const { origin, host } = new URL(baseUrl);
	const message =
		code === 'ECONNREFUSED'
			? `Nothing answers at ${origin}. Check that the server in OPENAI_BASE_URL is running.`
			: code === 'UND_ERR_HEADERS_TIMEOUT'
				? `The server at ${host} did not begin to answer within 300 seconds.`
				: `The connection to ${host} failed (${code}). Check the network, and OPENAI_BASE_URL.`;
	return new ModelError('model_unavailable', message, true, { cause });
}

function fromServer(
	{ status, says, code, retryAfterMs }: Extract<Failure, { kind: 'server' }>,
	{ apiKey, baseUrl, model }: Server & { model: string },
	cause: unknown
): ModelError {
	const { host } = new URL(baseUrl);
	const said = hide(says, apiKey) || `error ${status ?? 'without a number'}`;
	const named = (name: string, message: string) => new ModelError(name, message, false, { cause });
	const later = (name: string, message: string) =>
		new ModelError(name, message, true, {
			cause,
			...(retryAfterMs === null ? {} : { retryAfterMs })
		});

	if (status === 401 || status === 403)
		return named(
			'model_auth',
			apiKey === undefined
				? `The server at ${host} wants a key. Set OPENAI_API_KEY.`
				: `The server at ${host} refused the key in OPENAI_API_KEY. Check that it is right and may use "${model}".`
		);
	if (code === 'insufficient_quota' || status === 402)
		return named(
			'model_quota',
			`The account behind OPENAI_API_KEY has no quota left at ${host}. Check its plan and billing.`
		);
	if (status === 429)
		return later('model_rate_limited', `${host} was asked more often than it allows.`);
	if (code === 'model_not_found' || NO_MODEL.test(says))
		return named('model_bad_request', missing(model, baseUrl));
	if (status === 404 || status === 405 || (status !== null && status >= 300 && status < 400))
		return named(
			'model_bad_request',
			`There are no chat completions at the address in OPENAI_BASE_URL (${host} answered ${status}). Mostly it ends with /v1.`
		);
	if (status === null || status === 408 || status === 409 || status >= 500)
		return later('model_unavailable', `The server at ${host} is not available: ${said}`);
	return named('model_bad_request', `The server at ${host} refused the request: ${said}`);
}

const NO_MODEL =
	/model\b.{0,80}(not found|not exist|not loaded|no such)|no models? (is |are )?loaded/i;

function missing(model: string, baseUrl: string): string {
	const what = `The server has no model "${model}".`;
	if (baseUrl === OPENAI_URL) return `${what} Choose one that this key may use.`;
	return `${what} Load it there first (Ollama: "ollama pull ${model}"; LM Studio, llama.cpp, vLLM: start them with it), or choose another.`;
}

/** What a server says may repeat what it was sent. */
function hide(text: string, secret: string | undefined): string {
	return secret ? text.replaceAll(secret, '…') : text;
}

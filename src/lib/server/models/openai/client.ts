import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { ModelError } from '../model';

/** OpenAI's own service. */
export const OPENAI_URL = 'https://api.openai.com/v1';

/** The server that is asked. */
export interface Server {
	/** Undefined: the server wants none, and none is sent. */
	apiKey: string | undefined;
	/** Ends where `/chat/completions` begins. */
	baseUrl: string;
}

export type Body = ChatCompletionCreateParamsStreaming;

/** setTimeout counts in 32 bits. */
const NEVER_MS = 2 ** 31 - 1;

/**
 * Asks for one streamed answer; the chunks are not validated. Everything that the SDK would otherwise
 * take from the environment (address, keys, organisation, headers, log) is said here. It neither retries
 * nor measures time. `arrived` is called for all that comes, also for comments that the SDK hides.
 * @throws what the SDK throws; ModelError when the address does not lead to such a server.
 */
export async function openStream(
	{ apiKey, baseUrl }: Server,
	body: Body,
	signal: AbortSignal,
	arrived: () => void
): Promise<AsyncIterable<unknown>> {
	const { OpenAI } = await import('openai');
	const headers = {
		accept: 'text/event-stream',
		'content-type': 'application/json',
		...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` })
	};
	const client = new OpenAI({
		// It insists on one; what is sent is decided by the headers above.
		apiKey: apiKey ?? 'none',
		adminAPIKey: null,
		baseURL: baseUrl,
		organization: null,
		project: null,
		webhookSecret: null,
		maxRetries: 0,
		timeout: NEVER_MS,
		logLevel: 'off',
		async fetch(url, init) {
			const response = await fetch(url, { ...init, headers, redirect: 'manual' });
			return response.ok ? watched(response, arrived) : response;
		}
	});
	return client.chat.completions.create(body, { signal });
}

function watched(response: Response, arrived: () => void): Response {
	const type = response.headers.get('content-type') ?? '';
	if (response.body === null || /html|application\/json/i.test(type))
		throw new ModelError(
			'model_bad_request',
			`The server does not stream chat completions (it answered with ${type || 'nothing'}). Check OPENAI_BASE_URL; mostly it ends with /v1.`,
			false
		);
	const tap = new TransformStream<Uint8Array, Uint8Array>({
		transform(bytes, stream) {
			arrived();
			stream.enqueue(bytes);
		}
	});
	return new Response(response.body.pipeThrough(tap), response);
}

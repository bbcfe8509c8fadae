import { z } from 'zod';
import { ModelError } from '../model';

/** What the SDK has thrown, by what it means. */
export type Failure =
	| { kind: 'bug' }
	| { kind: 'own'; error: ModelError }
	| { kind: 'network'; code: string }
	/** Half a message, or no JSON. */
	| { kind: 'unreadable' }
	| {
			kind: 'server';
			/** Null: in the middle of an answer. */
			status: number | null;
			/** The server's words, not more than a few lines; may be empty. */
			says: string;
			code: string | null;
			/** The parameter that the server complains about. */
			param: string | null;
			retryAfterMs: number | null;
	  };

/** By shape: the SDK's classes would load all of it. */
const apiError = z.object({
	status: z.number().optional(),
	error: z.unknown(),
	headers: z.instanceof(Headers).optional()
});
const worded = z.object({
	message: z.unknown().optional(),
	detail: z.unknown().optional(),
	error: z.unknown().optional(),
	code: z.unknown().optional(),
	type: z.unknown().optional(),
	param: z.unknown().optional()
});
const place = z.object({ loc: z.array(z.unknown()).optional(), msg: z.string() });
const coded = z.object({ code: z.string() });

const LONGEST = 300;

export function readFailure(error: unknown): Failure {
	if (!(error instanceof Error)) return { kind: 'bug' };
	for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
		if (cause instanceof ModelError) return { kind: 'own', error: cause };
		const network = coded.safeParse(cause);
		if (network.success && /^(E[A-Z_]+|UND_ERR_\w+|CERT_\w+)$/.test(network.data.code))
			return { kind: 'network', code: network.data.code };
		if (cause instanceof SyntaxError) return { kind: 'unreadable' };
	}
	const read = apiError.safeParse(error);
	if ('status' in error && read.success && (read.data.status || read.data.error))
		return fromApi(error, read.data);
	if (/^(fetch failed|terminated|Connection error\.?|Request timed out)/.test(error.message))
		return { kind: 'network', code: error.message };
	return { kind: 'bug' };
}

function fromApi(
	error: Error,
	{ status, error: body, headers }: z.infer<typeof apiError>
): Failure {
	const known = worded.safeParse(body);
	const { code, type, param } = known.success ? known.data : {};
	// Without JSON the SDK puts what came behind the number.
	const text = body ? wordsOf(body) : error.message.replace(/^\d{3} /, '');
	const says = /^\s*<|no body\)$/.test(text) ? '' : text.replaceAll(/\s+/g, ' ').slice(0, LONGEST);
	return {
		kind: 'server',
		// vLLM and llama.cpp name it in the stream.
		status: status ?? (typeof code === 'number' ? code : null),
		says,
		code: [code, type].find((one) => typeof one === 'string') ?? null,
		param: typeof param === 'string' ? param : null,
		retryAfterMs: headers ? retryAfter(headers) : null
	};
}

/** The sentence in whatever shape: `{message}`, a string, FastAPI's `{detail}`. */
function wordsOf(body: unknown): string {
	if (typeof body === 'string') return body;
	if (Array.isArray(body))
		return body
			.map((one) => {
				const read = place.safeParse(one);
				return read.success ? `${(read.data.loc ?? []).join('.')}: ${read.data.msg}` : '';
			})
			.join('; ');
	const read = worded.safeParse(body);
	if (!read.success) return '';
	return wordsOf(read.data.message ?? read.data.detail ?? read.data.error ?? '');
}

function retryAfter(headers: Headers): number | null {
	const exact = Number.parseFloat(headers.get('retry-after-ms') ?? '');
	if (exact >= 0) return exact;
	const asked = headers.get('retry-after');
	if (asked === null) return null;
	const seconds = Number(asked);
	const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(asked) - Date.now();
	return ms >= 0 ? ms : null;
}

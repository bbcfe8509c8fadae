import { badKey, badRequest, type GoogleError } from './failure';
import { requestSchema, type GeminiRequest } from './request';
import { refusalOf, type Issued } from './rules';

/** A request that kept all rules, and where in its conversation it stands. */
export interface Ask {
	model: string;
	/** The system instruction: the agent's prompt and what every agent is told. */
	system: string;
	/** From 1: how many turns the model has had, and this one. */
	turn: number;
	request: GeminiRequest;
}

export interface Sent {
	method: string;
	url: string;
	apiKey: string | undefined;
	body: string;
}

/** What the service knows. */
export interface Known {
	apiKeys: readonly string[];
	models: RegExp;
	issued: ReadonlyMap<string, Issued>;
}

const MAX_BODY_BYTES = 20 * 1024 * 1024;

/** The conversation that the request goes on with, or what is wrong with it. */
export function readRequest(
	sent: Sent,
	{ apiKeys, models, issued }: Known
): { ask: Ask } | { refused: GoogleError } {
	const refused = (error: GoogleError) => ({ refused: error });
	const { pathname, searchParams } = new URL(sent.url, 'http://localhost');
	const model = /^\/v1beta\/models\/([^/:]+):streamGenerateContent$/.exec(pathname)?.[1];
	if (sent.method !== 'POST' || model === undefined || searchParams.get('alt') !== 'sse')
		return refused({
			code: 404,
			status: 'NOT_FOUND',
			message: 'Requested entity was not found.'
		});
	const key = sent.apiKey;
	if (typeof key !== 'string' || !apiKeys.includes(key)) return refused(badKey());
	if (!models.test(model))
		return refused({
			code: 404,
			status: 'NOT_FOUND',
			message: `models/${model} is not found for API version v1beta, or is not supported for generateContent.`
		});
	if (sent.body.length > MAX_BODY_BYTES)
		return refused(badRequest(`Request payload size exceeds the limit: ${MAX_BODY_BYTES} bytes.`));
	const parsed = requestSchema.safeParse(parseJson(sent.body));
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		const where = issue?.path.join('.') ?? '';
		const said = issue?.message ?? 'Invalid JSON payload received.';
		return refused(badRequest(`Invalid value at '${where}': ${said}`));
	}
	const request = parsed.data;
	const broken = refusalOf(request, { model, apiKey: key, issued });
	if (broken) return refused(broken);
	const system = (request.systemInstruction?.parts ?? []).map((part) => part.text).join('\n');
	const turn = request.contents.filter((content) => content.role === 'model').length + 1;
	return { ask: { model, system, turn, request } };
}

export function parseJson(raw: string): unknown {
	try {
		return JSON.parse(raw);
	} catch {
		return null;
	}
}

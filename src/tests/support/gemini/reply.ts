import { createHash } from 'node:crypto';
import type { GeminiPart } from './request';
import { versionOf } from './rules';

/** Tokens of one answer, as totals at its end. */
export interface UsageTotals {
	prompt?: number;
	candidates?: number;
	thoughts?: number;
	cached?: number;
	toolUsePrompt?: number;
}

/** One turn of the model: thoughts, then text, then calls; each entry is a chunk of its own. */
export interface Reply {
	thoughts?: string[];
	text?: string[];
	/** `[name, arguments]`; more than one are parallel. */
	calls?: [string, Record<string, unknown>][];
	/** Default `STOP`, for calls too. Anything else comes without content, unless there is text. */
	finish?: string;
	/** The prompt is blocked for this reason: there are no candidates. */
	blocked?: string;
	usage?: UsageTotals;
	/** Writes the stream in pieces of so many bytes. */
	splitBytes?: number;
	/** Awaited before each chunk is written; they count from 0. */
	before?: (chunk: number) => Promise<void>;
	/** Ends the request after so many chunks with a token by which the next one goes on. */
	continueAfter?: number;
	/** Default: as the model's family does (ids and signatures since Gemini 3). */
	ids?: boolean;
	signatures?: boolean;
}

/** A `GenerateContentResponse`. */
export type Chunk = Record<string, unknown>;

/** A reply cut into parts: what is streamed, chunk by chunk. */
export interface Plan {
	pieces: GeminiPart[];
	reply: Reply;
	/** The prompt's tokens when the reply does not say. */
	prompt: number;
	model: string;
	responseId: string;
}

/** A signature nobody can guess, with every kind of base64 character. */
export function signatureOf(seed: string): string {
	return createHash('sha512').update(seed).digest('base64');
}

/** The parts of a reply. Since Gemini 3 the first call is signed; a text's signature stands alone. */
export function piecesOf(reply: Reply, model: string, seed: string): GeminiPart[] {
	const modern = versionOf(model) >= 3;
	const { thoughts = [], text = [], calls = [], ids = modern, signatures = modern } = reply;
	const sign = signatures ? { thoughtSignature: signatureOf(seed) } : {};
	const closing = signatures && calls.length === 0 && text.length > 0;
	return [
		...thoughts.map((thought) => ({ text: thought, thought: true })),
		...text.map((delta) => ({ text: delta })),
		...calls.map(([name, args], index) => ({
			functionCall: { ...(ids ? { id: `${seed}-${index + 1}` } : {}), name, args },
			...(index === 0 ? sign : {})
		})),
		...(closing ? [{ text: '', ...sign }] : [])
	];
}

/** Chunks `from` to `to` of a plan; usage is a running total, the finish reason comes with the last. */
export function chunksOf(plan: Plan, from: number, to: number, token?: string): Chunk[] {
	const { pieces, reply, model, responseId } = plan;
	const common = { modelVersion: model, responseId };
	if (reply.blocked)
		return [
			{ promptFeedback: { blockReason: reply.blocked }, usageMetadata: usageAt(plan, 0), ...common }
		];
	const finishReason = token ? 'CONTINUATION' : (reply.finish ?? 'STOP');
	const ending = { finishReason, ...(token ? { continuationToken: token } : {}) };
	const shown = pieces.slice(from, to);
	if (shown.length === 0) {
		const content = finishReason === 'STOP' ? { content: { role: 'model' } } : {};
		const message = /CALL/.test(finishReason)
			? { finishMessage: 'Malformed function call: f(' }
			: {};
		const candidate = { ...content, ...ending, ...message, index: 0 };
		return [{ candidates: [candidate], usageMetadata: usageAt(plan, 1), ...common }];
	}
	return shown.map((piece, index) => ({
		candidates: [
			{
				content: { role: 'model', parts: [piece] },
				...(index === shown.length - 1 ? ending : {}),
				index: 0
			}
		],
		usageMetadata: usageAt(plan, (index + 1) / shown.length),
		...common
	}));
}

function usageAt({ reply, prompt: counted }: Plan, part: number): Record<string, number> {
	const {
		prompt = counted,
		candidates = 20,
		thoughts = 0,
		cached,
		toolUsePrompt
	} = reply.usage ?? {};
	const soFar = {
		candidates: Math.floor(candidates * part),
		thoughts: Math.floor(thoughts * part)
	};
	return {
		promptTokenCount: prompt,
		...(soFar.candidates ? { candidatesTokenCount: soFar.candidates } : {}),
		...(soFar.thoughts ? { thoughtsTokenCount: soFar.thoughts } : {}),
		...(cached === undefined ? {} : { cachedContentTokenCount: cached }),
		...(toolUsePrompt === undefined ? {} : { toolUsePromptTokenCount: toolUsePrompt }),
		totalTokenCount: prompt + (toolUsePrompt ?? 0) + soFar.candidates + soFar.thoughts
	};
}

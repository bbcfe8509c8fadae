import type { Body } from './client';

/** What not every server or model can do; left out once it was refused. */
export type Feature =
	| 'stream_options'
	| 'tools'
	| 'response_format'
	| 'images'
	| 'max_tokens'
	| 'max_completion_tokens';

/** A refusal as the server words it. */
export interface Refusal {
	status: number;
	/** Message, parameter and code. */
	text: string;
}

const UNSUPPORTED = /not supported|unsupported|n[o']t support|unrecogni|unknown|unexpected|extra/;

/** How each is named in refusals. Words of its own are enough for some; others occur in any refusal. */
const REFUSES: Record<Feature, (text: string) => boolean> = {
	stream_options: (text) => /stream_options|include_usage/.test(text),
	response_format: (text) => /response_format|json_schema|structured output|grammar/.test(text),
	images: (text) =>
		(/image|vision|multi-?modal/.test(text) &&
			/support|allow|at most 0|missing|not a multi/.test(text)) ||
		/content.{0,40}\bstring\b/.test(text),
	tools: (text) =>
		/\btools?\b|function call/.test(text.replaceAll(/tool_calls?\b|tool_call_id/g, '')) &&
		(UNSUPPORTED.test(text) || /support|requires|enable/.test(text)),
	max_tokens: (text) => text.includes('max_tokens') && UNSUPPORTED.test(text),
	max_completion_tokens: (text) => text.includes('max_completion_tokens') && UNSUPPORTED.test(text)
};

/** The feature that the server refused in this request, if that is what it refused. */
export function refusedFeature(refusal: Refusal, body: Body): Feature | null {
	const text = refusal.text.toLowerCase();
	const badRequest = [400, 415, 422].includes(refusal.status);
	// llama.cpp and Ollama say it with 500, OpenRouter with 404.
	const perhaps = [404, 500, 501].includes(refusal.status) && /support|requires|missing/.test(text);
	if (!badRequest && !perhaps) return null;
	return usedFeatures(body).find((feature) => REFUSES[feature](text)) ?? null;
}

function usedFeatures(body: Body): Feature[] {
	const used: Feature[] = [];
	for (const feature of ['stream_options', 'max_completion_tokens', 'max_tokens'] as const)
		if (body[feature] !== undefined) used.push(feature);
	if (body.response_format !== undefined) used.push('response_format');
	if (body.messages.some(({ content }) => Array.isArray(content))) used.push('images');
	if (body.tools !== undefined) used.push('tools');
	return used;
}

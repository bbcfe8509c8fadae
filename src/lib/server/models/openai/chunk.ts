import { z } from 'zod';

const callDelta = z.object({
	index: z.number().nullish(),
	id: z.string().nullish(),
	function: z.object({ name: z.string().nullish(), arguments: z.unknown() }).nullish()
});
export type CallDelta = z.infer<typeof callDelta>;

const delta = z.object({
	content: z.string().nullish(),
	refusal: z.string().nullish(),
	/** vLLM (formerly), llama.cpp, LM Studio, DeepSeek. */
	reasoning_content: z.string().nullish(),
	/** Ollama, vLLM, OpenRouter. */
	reasoning: z.string().nullish(),
	tool_calls: z.array(callDelta).nullish()
});

const usage = z.object({
	prompt_tokens: z.number().nullish(),
	/** Answer and thoughts. */
	completion_tokens: z.number().nullish(),
	prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish()
});
export type UsageCount = z.infer<typeof usage>;

/** One event of a streamed chat completion, as the various servers send it. */
export const chunkSchema = z.object({
	id: z.string().nullish(),
	model: z.string().nullish(),
	choices: z
		.array(z.object({ delta: delta.nullish(), finish_reason: z.string().nullish() }))
		.nullish(),
	usage: usage.nullish()
});
export type Chunk = z.infer<typeof chunkSchema>;

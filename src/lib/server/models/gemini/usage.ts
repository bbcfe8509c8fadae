import type { GenerateContentResponseUsageMetadata } from '@google/genai';
import type { Usage } from '../model';
import { costOf, type Price } from '../prices';

/** What a turn took, from the running total that came last. */
export function usageOf(
	total: GenerateContentResponseUsageMetadata | undefined,
	price: Price | null
): Usage {
	const input = (total?.promptTokenCount ?? 0) + (total?.toolUsePromptTokenCount ?? 0);
	const output = (total?.candidatesTokenCount ?? 0) + (total?.thoughtsTokenCount ?? 0);
	const cached = total?.cachedContentTokenCount ?? 0;
	return {
		input_tokens: input,
		output_tokens: output,
		cost_usd: costOf(price, { input, cached, output })
	};
}

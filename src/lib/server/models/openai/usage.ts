import type { Usage } from '../model';
import { costOf, type Price } from '../prices';
import type { UsageCount } from './chunk';

/**
 * What a turn took, over all its requests. A server that does not count leaves zeros and an unknown
 * cost: nothing is estimated.
 */
export function usageOf(counts: (UsageCount | null)[], price: Price | null): Usage {
	const total = { input: 0, cached: 0, output: 0 };
	let known = true;
	for (const count of counts) {
		if (typeof count?.prompt_tokens !== 'number') known = false;
		total.input += count?.prompt_tokens ?? 0;
		total.cached += count?.prompt_tokens_details?.cached_tokens ?? 0;
		total.output += count?.completion_tokens ?? 0;
	}
	return {
		input_tokens: total.input,
		output_tokens: total.output,
		cost_usd: known ? costOf(price, total) : null
	};
}

/** What a model's tokens cost, in US dollars per million. From the configuration; never guessed. */
export interface Price {
	/** Prompt tokens. */
	input: number;
	/** Answer and thought tokens. */
	output: number;
	/** Prompt tokens that the service had kept; default: as `input`. */
	cached_input?: number | undefined;
}

const MILLION = 1_000_000;

/** US dollars; null when the price is unknown. `cached` is the part of `input` that the service had kept. */
export function costOf(
	price: Price | null,
	tokens: { input: number; cached: number; output: number }
): number | null {
	if (price === null) return null;
	const { input, output, cached_input = input } = price;
	return (
		((tokens.input - tokens.cached) * input +
			tokens.cached * cached_input +
			tokens.output * output) /
		MILLION
	);
}

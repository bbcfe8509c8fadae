// @ts-nocheck -- runs inside Deno, never in Node
// Order statistics, as numpy computes them.

export const sorted = (values) => values.filter(Number.isFinite).sort((a, b) => a - b);

/** The value below which the share `p` lies, between neighbours in proportion. */
export function quantile(values, p) {
	const at = (values.length - 1) * p;
	const low = Math.floor(at);
	return values[low] + (values[Math.min(low + 1, values.length - 1)] - values[low]) * (at - low);
}

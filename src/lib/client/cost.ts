import type { RunView, StepView } from '$lib/domain/run-event';
import { formatCount } from './format';

type Paid = Pick<StepView, 'input_tokens' | 'output_tokens' | 'cost_usd'>;

/** US dollars for people: `$0`, `$0.0042`, `$0.01`, `$12.30`; small sums keep two digits that count. */
export function formatUsd(usd: number): string {
	if (usd <= 0) return '$0';
	if (usd < 0.0001) return '< $0.0001';
	return usd < 0.0995 ? `$${Number(usd.toPrecision(2))}` : `$${usd.toFixed(2)}`;
}

/**
 * What these steps cost: a sum, `at least` a sum where some of it has no price, `cost unknown` where
 * none has. Empty when no tokens were used.
 */
export function costText(steps: readonly Paid[]): string {
	const paid = steps.filter((step) => step.cost_usd !== null || tokensOf([step]) > 0);
	if (tokensOf(paid) === 0) return '';
	const known = costOf(paid);
	if (known === null) return 'cost unknown';
	const complete = paid.every((step) => step.cost_usd !== null);
	return complete ? formatUsd(known) : `at least ${formatUsd(known)}`;
}

export function tokensOf(steps: readonly Paid[]): number {
	return steps.reduce((sum, step) => sum + step.input_tokens + step.output_tokens, 0);
}

/** The sum of what is known; null when nothing is. */
export function costOf(steps: readonly Paid[]): number | null {
	return steps.reduce<number | null>(
		(sum, { cost_usd }) => (cost_usd === null ? sum : (sum ?? 0) + cost_usd),
		null
	);
}

/** One limit of a run, and how much of it is used. */
export interface Budget {
	label: string;
	value: number;
	max: number;
	/** `800 of 1,000`. */
	text: string;
}

/** The limits that the run has; none for most. */
export function budgetsOf(view: RunView): Budget[] {
	const budgets: Budget[] = [];
	if (view.max_token_budget !== null) {
		const value = tokensOf(view.steps);
		const max = view.max_token_budget;
		const text = `${formatCount(value)} of ${formatCount(max)}`;
		budgets.push({ label: 'Token budget', value, max, text });
	}
	if (view.max_cost_usd !== null) {
		const value = costOf(view.steps) ?? 0;
		const max = view.max_cost_usd;
		budgets.push({
			label: 'Cost budget',
			value,
			max,
			text: `${formatUsd(value)} of ${formatUsd(max)}`
		});
	}
	return budgets;
}

/** What a re-run did not pay for again. */
export interface Savings {
	steps: number;
	/** `1,234 tokens ($0.01)`; empty when the steps had cost nothing. */
	text: string;
}

/** Of the steps that were taken over from another run; null when there are none. */
export function savingsOf(steps: readonly Pick<StepView, 'reused'>[]): Savings | null {
	const reused = steps.flatMap((step) => step.reused ?? []);
	if (reused.length === 0) return null;
	const tokens = tokensOf(reused);
	const cost = costOf(reused);
	const dollars = cost === null ? '' : ` (${formatUsd(cost)})`;
	return {
		steps: reused.length,
		text: tokens === 0 ? '' : `${formatCount(tokens)} tokens${dollars}`
	};
}

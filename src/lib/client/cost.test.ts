import { describe, expect, it } from 'vitest';
import { budgetsOf, costText, formatUsd, savingsOf } from './cost';
import { RUN, stepEnd, viewOf } from './testing';

describe('formatUsd', () => {
	it.each([
		[0, '$0'],
		[0.00001, '< $0.0001'],
		[0.0042, '$0.0042'],
		[0.004, '$0.004'],
		[0.01, '$0.01'],
		[0.0123, '$0.012'],
		[0.1, '$0.10'],
		[0.0999, '$0.10'],
		[12.3, '$12.30']
	])('writes %d as %s', (usd, text) => expect(formatUsd(usd)).toBe(text));
});

describe('costText', () => {
	const of = (...used: Parameters<typeof stepEnd>[1][]) =>
		costText(
			viewOf(
				['a', 'b'],
				used.map((u, i) => stepEnd('ab'.charAt(i), u))
			).steps
		);

	it('sums what is known', () => {
		expect(of({ input_tokens: 5, cost_usd: 0.2 }, { output_tokens: 5, cost_usd: 0.3 })).toBe(
			'$0.50'
		);
	});
	it('says so where a model has no price and used tokens, and only there', () => {
		expect(of({ input_tokens: 5 })).toBe('cost unknown');
		expect(of({ input_tokens: 5, cost_usd: 0.2 }, { input_tokens: 1 })).toBe('at least $0.20');
		expect(of({ input_tokens: 0 })).toBe('');
	});
});

describe('budgetsOf', () => {
	it('R18 tells how much of each limit is used', () => {
		const used = [stepEnd('a', { input_tokens: 700, output_tokens: 100, cost_usd: 0.04 })];
		expect(budgetsOf(viewOf(['a'], used))).toEqual([]);
		const limits = { max_token_budget: 1000, max_cost_usd: 0.05 };
		expect(budgetsOf(viewOf(['a'], used, limits))).toEqual([
			{ label: 'Token budget', value: 800, max: 1000, text: '800 of 1,000' },
			{ label: 'Cost budget', value: 0.04, max: 0.05, text: '$0.04 of $0.05' }
		]);
	});
});

describe('savingsOf', () => {
	const reused = (input_tokens: number, cost_usd: number | null) => ({
		reused: { run_id: RUN, input_tokens, output_tokens: 0, cost_usd }
	});

	it('R21 sums what reused steps did not cost again', () => {
		const { steps } = viewOf(
			['a', 'b', 'c'],
			[
				stepEnd('a', {}, reused(1000, 0.006)),
				stepEnd('b', {}, reused(234, 0.006)),
				stepEnd('c', { input_tokens: 9 })
			]
		);
		expect(savingsOf(steps)).toEqual({ steps: 2, text: '1,234 tokens ($0.012)' });
		expect(savingsOf(steps.slice(2))).toBeNull();
	});
	it('leaves out what is not known or nothing', () => {
		expect(savingsOf([reused(5, null)])?.text).toBe('5 tokens');
		expect(savingsOf([reused(0, null)])?.text).toBe('');
	});
});

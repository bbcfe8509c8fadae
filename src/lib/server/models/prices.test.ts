import { expect, it } from 'vitest';
import { costOf } from './prices';

it('costs what the table says, and nothing is guessed without one', () => {
	const tokens = { input: 1_000_000, cached: 400_000, output: 100_000 };
	expect(costOf({ input: 2, output: 10 }, tokens)).toBeCloseTo(3);
	expect(costOf({ input: 2, output: 10, cached_input: 0.5 }, tokens)).toBeCloseTo(2.4);
	expect(costOf(null, tokens)).toBeNull();
});

import { expect, test } from 'vitest';
import { createBudget, type Budget, type Call, type Reservation, type Spent } from './budget';
import type { Price } from '../models/prices';

const price: Price = { input: 1, output: 10 };
const call = (prompt: number, more: Partial<Call> = {}): Call => ({
	agentId: 'a',
	prompt,
	price: null,
	...more
});
const took = (tokens: number, cost_usd: number | null = null) => ({
	input_tokens: tokens,
	output_tokens: 0,
	cost_usd
});
const never = new AbortController().signal;

function budgetOf(
	limits: { max_token_budget?: number; max_cost_usd?: number },
	spent: Partial<Spent> = {}
): Budget {
	const budget = createBudget(limits, () => ({ tokens: 0, costUsd: 0, ...spent }));
	if (!budget) throw new Error('The run has no limits.');
	return budget;
}

/** Where a reservation stands after all that can happen by itself has happened. */
async function seen(reservation: Promise<Reservation>): Promise<unknown> {
	const settled = reservation.then(
		({ maxOutputTokens }) => maxOutputTokens ?? 'no bound',
		(error: unknown) => (error instanceof Error ? error.message : error)
	);
	const later = new Promise((resolve) => setImmediate(() => resolve('waits')));
	return Promise.race([settled, later]);
}

test('a run without limits has no budget and asks for nothing', () => {
	expect(
		createBudget({}, () => {
			throw new Error('not asked');
		})
	).toBeNull();
});

test('R18 a call is bounded by what the budget can bear, unless that is more than models give', async () => {
	expect(await seen(budgetOf({ max_token_budget: 10_000 }).reserve(call(1000), never))).toBe(9000);
	const large = budgetOf({ max_token_budget: 1_000_000 });
	expect(await seen(large.reserve(call(1000), never))).toBe('no bound');
});

test('R18 what was used in earlier attempts counts', async () => {
	const budget = budgetOf({ max_token_budget: 10_000 }, { tokens: 8000 });
	expect(await seen(budget.reserve(call(1000), never))).toBe(1000);
});

test('R18 as long as 256 tokens of answer are left, an estimate stops nothing', async () => {
	expect(await seen(budgetOf({ max_token_budget: 1000 }).reserve(call(744), never))).toBe(256);
	const budget = budgetOf({ max_token_budget: 1000 }, { tokens: 100 });
	expect(await seen(budget.reserve(call(645), never))).toBe(
		'The run\'s budget of 1000 tokens does not bear the next call of "a", which needs 901 tokens (100 tokens used).'
	);
	expect(budget.over?.code).toBe('token_budget');
});

test('R18 a call that fits only once others have settled waits for them, and for what they really took', async () => {
	const budget = budgetOf({ max_token_budget: 10_000 });
	const first = await budget.reserve(call(1000), never);
	const second = budget.reserve(call(1000), never);
	const third = budget.reserve(call(10), never);
	expect(await seen(second)).toBe('waits');
	// It would fit, and waits for its turn all the same.
	expect(await seen(third)).toBe('waits');
	first.settle(took(1500));
	expect(await seen(second)).toBe(7500);
	expect(await seen(third)).toBe('waits');
	(await second).settle(null);
	(await second).settle(null);
	expect(await seen(third)).toBe(8490);
	(await third).settle(took(8500));
	expect(() => budget.requireLeft()).toThrow('used up (10000 tokens used)');
});

test('R18 a call that fits beside others does not wait', async () => {
	const budget = budgetOf({ max_token_budget: 20_000 });
	expect(await seen(budget.reserve(call(1000), never))).toBe(19_000);
	expect(await seen(budget.reserve(call(1000), never))).toBe(20_000 - 5096 - 1000);
});

test('R18 what cannot fit fails at once, and nothing starts after it', async () => {
	const budget = budgetOf({ max_token_budget: 10_000 });
	const first = await budget.reserve(call(1000), never);
	const second = budget.reserve(call(9000), never);
	expect(await seen(second)).toBe('waits');
	first.settle(took(5000));
	expect(await seen(second)).toContain('needs 9256 tokens (5000 tokens used)');
	expect(await seen(budget.reserve(call(1), never))).toContain('needs 9256 tokens');
	expect(() => budget.requireLeft()).toThrow('needs 9256 tokens');
});

test('R17 a step that is stopped while it waits gives up its turn', async () => {
	const budget = budgetOf({ max_token_budget: 10_000 });
	await budget.reserve(call(100), never);
	const stop = new AbortController();
	const large = budget.reserve(call(5000), stop.signal);
	const small = budget.reserve(call(100), never);
	expect(await seen(small)).toBe('waits');
	stop.abort(new Error('stopped'));
	expect(await seen(large)).toBe('stopped');
	expect(await seen(small)).toBe(10_000 - 4196 - 100);
	expect(await seen(budget.reserve(call(1), AbortSignal.abort(new Error('gone'))))).toBe('gone');
});

test('R18 dollars count by the price of prompt and answer', async () => {
	const budget = budgetOf({ max_cost_usd: 0.01 });
	const first = await budget.reserve(call(1000, { price }), never);
	expect(first.maxOutputTokens).toBe(900);
	first.settle(took(1000, 0.0095));
	expect(await seen(budget.reserve(call(1000, { price }), never))).toBe(
		'The run\'s budget of $0.01 does not bear the next call of "a", which needs $0.00356 ($0.0095 used).'
	);
	expect(budget.over?.code).toBe('cost_budget');
});

test('R18 with two limits, the tighter one decides', async () => {
	const limits = { max_token_budget: 2000, max_cost_usd: 0.01 };
	expect(await seen(budgetOf(limits).reserve(call(1000, { price }), never))).toBe(900);
	expect(await seen(budgetOf(limits).reserve(call(1500, { price }), never))).toBe(500);
});

test('R18 in dollars, what costs nothing always fits and what has no price never does', async () => {
	const free = { input: 0, output: 0 };
	const spent = budgetOf({ max_cost_usd: 0.01 }, { costUsd: 0.02 });
	expect(await seen(spent.reserve(call(1000, { price: free }), never))).toBe('no bound');
	const budget = budgetOf({ max_cost_usd: 0.01 });
	expect(await seen(budget.reserve(call(1), never))).toContain('price of its model is not known');
});

test('R18 fractions of a cent keep nobody waiting', async () => {
	const budget = budgetOf({ max_cost_usd: 0.3 });
	const odd = { input: 0.1, output: 0.7 };
	for (let i = 0; i < 200; i += 1) {
		const calls = [call(333, { price: odd }), call(777, { price: odd })];
		const both = await Promise.all(calls.map((one) => budget.reserve(one, never)));
		for (const reservation of both) reservation.settle(took(0, 0.0001));
	}
	// All but everything that is left, which fits only if nothing is set aside any more.
	const rest = await budget.reserve(call(2_500_000, { price: odd }), never);
	expect(rest.maxOutputTokens).toBeLessThan(15_000);
});

test('R18 it is said once for each limit that 80 % are used', () => {
	const budget = budgetOf({ max_token_budget: 1000, max_cost_usd: 1 });
	const said = (before: Spent, after: Spent) =>
		budget.warnings(before, after).map((event) => event.data);
	expect(said({ tokens: 0, costUsd: 0 }, { tokens: 799, costUsd: 0.79 })).toEqual([]);
	expect(said({ tokens: 799, costUsd: 0.79 }, { tokens: 900, costUsd: 0.79 })).toEqual([
		{ level: 'warn', message: "80 % of the run's budget of 1000 tokens is used (900 tokens)." }
	]);
	expect(said({ tokens: 900, costUsd: 0.79 }, { tokens: 2000, costUsd: 0.8 })).toEqual([
		{ level: 'warn', message: "80 % of the run's budget of $1 is used ($0.8)." }
	]);
});

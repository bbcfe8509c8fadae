import type { Failure } from '../../domain/run';
import type { NewRunEvent } from '../../domain/run-event';
import type { Usage } from '../models/model';
import { costOf, type Price } from '../models/prices';
import { StepFailure } from './interrupt';

/** What a call is expected to give at most, unless less is left. */
const OUTPUT_ALLOWANCE = 4096;
/** With less than this to answer in, a call is not worth making. */
const LEAST_OUTPUT = 256;
/** As much as models write in one turn: a larger bound says nothing, and some services refuse it. */
const MOST_OUTPUT = 65_536;
const WARN_AT = 0.8;

/** What all steps of a run have used. */
export interface Spent {
	tokens: number;
	costUsd: number;
}

/** A model call that is to be made. */
export interface Call {
	agentId: string;
	/** About what it takes in, in tokens. */
	prompt: number;
	price: Price | null;
}

export interface Reservation {
	/** What the budget can bear to be answered; undefined when that is more than models give. */
	maxOutputTokens: number | undefined;
	/** Puts what was really used in its place; null when nothing was answered. */
	settle(usage: Usage | null): void;
}

/**
 * The limits of one run, for all steps of it together. An estimate alone ends nothing as long as there is
 * room for an answer: a call may then be made with a shorter one.
 */
export interface Budget {
	/** Why nothing new may start. */
	readonly over: Failure | null;
	/**
	 * Resolves when the call fits beside those going on, in the order of asking.
	 * @throws StepFailure when it does not fit, whatever the others come to; the signal's reason
	 */
	reserve(call: Call, signal: AbortSignal): Promise<Reservation>;
	/** @throws StepFailure when all is used up */
	requireLeft(): void;
	/** The model's answer was cut off where the budget ended. */
	cutOff(call: Call, maxOutputTokens: number): StepFailure;
	/** What is to be said, once, when what was spent has grown from one to the other. */
	warnings(before: Spent, after: Spent): NewRunEvent[];
}

interface Meter {
	code: 'token_budget' | 'cost_budget';
	limit: number;
	used: number;
	reserved: number;
	of(spent: Spent): number;
	amount(call: Call, output: number): number;
	show(amount: number): string;
}

interface Waiting {
	call: Call;
	grant(reservation: Reservation): void;
	refuse(failure: StepFailure): void;
}

/** @returns null for a run without limits */
export function createBudget(
	limits: { max_token_budget?: number | undefined; max_cost_usd?: number | undefined },
	spent: () => Spent
): Budget | null {
	const meters = metersOf(limits);
	const [first] = meters;
	if (!first) return null;
	const before = spent();
	for (const meter of meters) meter.used = meter.of(before);
	let waiting: Waiting[] = [];
	let going = 0;
	let over: Failure | null = null;

	function end(meter: Meter, why: string): StepFailure {
		const used = `${meter.show(meter.used)} used`;
		over ??= {
			code: meter.code,
			message: `The run's budget of ${meter.show(meter.limit)} ${why} (${used}).`
		};
		return new StepFailure(over.code, over.message);
	}

	/** The meter that leaves least for an answer, and how many tokens that is. */
	function tightest(call: Call, taken: (meter: Meter) => number): { meter: Meter; room: number } {
		return meters
			.map((meter) => ({ meter, room: roomFor(call, meter, taken(meter)) }))
			.reduce((least, one) => (one.room < least.room ? one : least));
	}

	function grant(call: Call, room: number, allowance: number): Reservation {
		const taken = meters.map((meter) => ({ meter, amount: meter.amount(call, allowance) }));
		for (const { meter, amount } of taken) meter.reserved += amount;
		going += 1;
		let settled = false;
		return {
			maxOutputTokens: room < MOST_OUTPUT ? room : undefined,
			settle(usage) {
				if (settled) return;
				settled = true;
				going -= 1;
				const real = usage && {
					tokens: usage.input_tokens + usage.output_tokens,
					costUsd: usage.cost_usd ?? 0
				};
				for (const { meter, amount } of taken) {
					// What is left of adding and taking away fractions must not keep anybody waiting.
					meter.reserved = going === 0 ? 0 : meter.reserved - amount;
					if (real) meter.used += meter.of(real);
				}
				pump();
			}
		};
	}

	/** Null: it has to wait for others. */
	function decide(call: Call): Reservation | StepFailure | null {
		const alone = tightest(call, (meter) => meter.used);
		if (alone.room < LEAST_OUTPUT) {
			const needed = alone.meter.amount(call, LEAST_OUTPUT);
			const why = Number.isFinite(needed)
				? `which needs ${alone.meter.show(needed)}`
				: 'because the price of its model is not known';
			return end(alone.meter, `does not bear the next call of "${call.agentId}", ${why}`);
		}
		const allowance = Math.min(OUTPUT_ALLOWANCE, alone.room);
		const beside = tightest(call, (meter) => meter.used + meter.reserved);
		return beside.room < allowance ? null : grant(call, beside.room, allowance);
	}

	function pump(): void {
		for (let [next] = waiting; next; [next] = waiting) {
			const decided = over ? new StepFailure(over.code, over.message) : decide(next.call);
			if (decided === null) return;
			waiting = waiting.slice(1);
			if (decided instanceof StepFailure) next.refuse(decided);
			else next.grant(decided);
		}
	}

	return {
		get over() {
			return over;
		},
		reserve(call, signal) {
			return new Promise((resolve, reject) => {
				if (signal.aborted) return reject(signal.reason);
				const leave = () => {
					waiting = waiting.filter((other) => other !== mine);
					reject(signal.reason);
					pump();
				};
				const mine: Waiting = {
					call,
					grant(reservation) {
						signal.removeEventListener('abort', leave);
						resolve(reservation);
					},
					refuse(failure) {
						signal.removeEventListener('abort', leave);
						reject(failure);
					}
				};
				signal.addEventListener('abort', leave, { once: true });
				waiting = [...waiting, mine];
				pump();
			});
		},
		requireLeft() {
			if (over) throw new StepFailure(over.code, over.message);
			const empty = meters.find((meter) => meter.used >= meter.limit);
			if (empty) throw end(empty, 'is used up');
		},
		cutOff(call, maxOutputTokens) {
			const { meter } = tightest(call, ({ used }) => used);
			return end(
				meter,
				`cut off the answer of "${call.agentId}", for which it left ${maxOutputTokens} tokens`
			);
		},
		warnings(earlier, later) {
			return meters
				.filter(({ of, limit }) => of(earlier) < WARN_AT * limit && of(later) >= WARN_AT * limit)
				.map(({ of, limit, show }) => ({
					type: 'log',
					data: {
						level: 'warn',
						message: `80 % of the run's budget of ${show(limit)} is used (${show(of(later))}).`
					}
				}));
		}
	};
}

/** How many tokens of answer the meter has left for the call. */
function roomFor(call: Call, meter: Meter, taken: number): number {
	const prompt = meter.amount(call, 0);
	const each = meter.amount({ ...call, prompt: 0 }, 1);
	if (prompt + each === 0) return Infinity;
	const room = meter.limit - taken - prompt;
	if (room < 0) return 0;
	return each === 0 ? Infinity : Math.floor(room / each);
}

function metersOf(limits: Parameters<typeof createBudget>[0]): Meter[] {
	const { max_token_budget, max_cost_usd } = limits;
	const empty = { used: 0, reserved: 0 };
	const tokens = (limit: number): Meter => ({
		...empty,
		code: 'token_budget',
		limit,
		of: (spent) => spent.tokens,
		amount: ({ prompt }, output) => prompt + output,
		show: (amount) => `${amount} tokens`
	});
	const dollars = (limit: number): Meter => ({
		...empty,
		code: 'cost_budget',
		limit,
		of: (spent) => spent.costUsd,
		// Without a price nothing can be promised: the call is as dear as can be.
		amount: ({ prompt, price }, output) =>
			costOf(price, { input: prompt, cached: 0, output }) ?? Infinity,
		show: (amount) => `$${Number(amount.toFixed(6))}`
	});
	return [
		...(max_token_budget === undefined ? [] : [tokens(max_token_budget)]),
		...(max_cost_usd === undefined ? [] : [dollars(max_cost_usd)])
	];
}

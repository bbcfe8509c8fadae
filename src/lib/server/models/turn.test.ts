import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { ModelError, type Model, type ModelPart, type TurnRequest } from './model';
import { takeTurn, turnPolicy, type TurnHooks, type TurnPolicy } from './turn';

const request: TurnRequest = {
	agent: { id: 'a', role: 'worker', prompt: 'Do it.' },
	messages: [{ role: 'user', text: 'Go.' }],
	tools: []
};
const usage = { input_tokens: 1, output_tokens: 2, cost_usd: null };
const end: ModelPart = { type: 'end', provider: 'p', model: 'm', wire: { w: 1 }, usage };
const HOUR = 3_600_000;
const patient: TurnPolicy = {
	firstByteMs: HOUR,
	idleMs: HOUR,
	totalMs: HOUR,
	delaysMs: [1, 1],
	random: () => 0.5
};
const busy = new ModelError('model_unavailable', 'The model is busy.', true);

type Answer = (signal: AbortSignal) => AsyncGenerator<ModelPart>;

/** A model that gives these answers in order, the last one again and again. */
function modelOf(...answers: Answer[]): Model & { asked: AbortSignal[] } {
	const asked: AbortSignal[] = [];
	return {
		id: 'p:m',
		asked,
		streamTurn(_, signal) {
			const answer = answers[Math.min(asked.length, answers.length - 1)];
			asked.push(signal);
			if (!answer) throw new Error('no answer');
			return answer(signal);
		}
	};
}

async function* says(...parts: ModelPart[]): AsyncGenerator<ModelPart> {
	yield* parts;
}
/** Sends these parts and then nothing, whatever the signal says. */
async function* silentAfter(...parts: ModelPart[]): AsyncGenerator<ModelPart> {
	yield* parts;
	await new Promise(() => undefined);
}
// eslint-disable-next-line require-yield
async function* fails(error: unknown): AsyncGenerator<ModelPart> {
	throw error;
}

function take(model: Model, policy: Partial<TurnPolicy> = {}, hooks: TurnHooks = {}) {
	return takeTurn(model, request, { ...patient, ...policy }, hooks, new AbortController().signal);
}

afterEach(() => {
	vi.useRealTimers();
});

test('a streamed turn is folded, and is heard on the way', async () => {
	const call = { id: 'c', name: 'list_files', arguments: {} };
	const heard: string[] = [];
	const model = modelOf(() =>
		says(
			{ type: 'thought', text: 'Hm.' },
			{ type: 'text', text: 'One ' },
			{ type: 'progress' },
			{ type: 'text', text: 'moment.' },
			{ type: 'tool_call', call },
			end
		)
	);
	const turn = await take(
		model,
		{},
		{ text: (text) => heard.push(text), thought: (text) => heard.push(`(${text})`) }
	);
	expect(turn).toEqual({
		provider: 'p',
		model: 'm',
		wire: { w: 1 },
		text: 'One moment.',
		calls: [call],
		usage
	});
	expect(heard).toEqual(['(Hm.)', 'One ', 'moment.']);
	expect(model.asked[0]?.aborted).toBe(true);
});

const text: ModelPart = { type: 'text', text: 'begun' };

test.each([
	['model_first_byte_timeout', { firstByteMs: 5 }, () => silentAfter()],
	['model_idle_timeout', { idleMs: 5 }, () => silentAfter(text)],
	['model_turn_timeout', { totalMs: 5 }, () => silentAfter(text)]
])('R18 %s is told from the others and not tried again', async (code, limits, answer) => {
	const model = modelOf(answer);
	await expect(take(model, limits)).rejects.toMatchObject({
		code,
		message: expect.stringContaining('0.005 seconds'),
		retryable: false
	});
	expect(model.asked).toHaveLength(1);
	expect(model.asked[0]?.aborted).toBe(true);
});

test('R18 what is thrown because of a limit does not hide the limit', async () => {
	const model = modelOf(async function* (signal) {
		yield text;
		await new Promise((resolve) => signal.addEventListener('abort', resolve));
		throw new ModelError('model_unavailable', 'terminated', true);
	});
	await expect(take(model, { idleMs: 5 })).rejects.toMatchObject({ code: 'model_idle_timeout' });
	expect(model.asked).toHaveLength(1);
});

test('R18 parts that are not shown keep a turn alive, up to its total time', async () => {
	vi.useFakeTimers();
	const slow = (parts: number): Answer =>
		async function* () {
			for (let n = 0; n < parts; n += 1) {
				await new Promise((resolve) => setTimeout(resolve, 900));
				yield { type: 'progress' };
			}
			yield end;
		};
	const limits = { firstByteMs: 1000, idleMs: 1000, totalMs: 10_000 };
	const whole = take(modelOf(slow(10)), limits);
	const cut = expect(take(modelOf(slow(12)), limits)).rejects.toMatchObject({
		code: 'model_turn_timeout'
	});
	await vi.advanceTimersByTimeAsync(12_000);
	expect((await whole).text).toBe('');
	await cut;
});

test('a failure that may pass is tried again after each delay, spread; then it is final', async () => {
	const delays: number[] = [];
	const hooks: TurnHooks = { again: async (_, delay) => void delays.push(delay) };
	const model = modelOf(
		() => fails(busy),
		() => fails(busy),
		() => says(text, end)
	);
	expect((await take(model, { delaysMs: [2, 4], random: () => 0 }, hooks)).text).toBe('begun');
	expect(delays).toEqual([1, 2]);
	const never = modelOf(() => fails(busy));
	await expect(take(never)).rejects.toBe(busy);
	expect(never.asked).toHaveLength(3);
});

test('what is not worth another attempt gets none', async () => {
	const bug = new TypeError('a bug');
	const refused = new ModelError('model_refused', 'No.', false);
	for (const error of [bug, refused]) {
		const model = modelOf(() => fails(error));
		await expect(take(model)).rejects.toBe(error);
		expect(model.asked).toHaveLength(1);
	}
});

test('a failure may limit its own repeats, and others do not count for it', async () => {
	const once = new ModelError('model_empty', 'Nothing came.', true, { attempts: 1 });
	const model = modelOf(
		() => fails(busy),
		() => fails(once)
	);
	await expect(take(model, { delaysMs: [1, 1, 1, 1] })).rejects.toBe(once);
	expect(model.asked).toHaveLength(3);
});

test('a stream that ends without its last part is a failure that may pass', async () => {
	const model = modelOf(
		() => says(text),
		() => says(text, end)
	);
	expect((await take(model)).text).toBe('begun');
	await expect(take(modelOf(() => says(text)))).rejects.toMatchObject({ code: 'model_incomplete' });
});

test('the service is given the time it asks for', async () => {
	const limited = (retryAfterMs: number) =>
		new ModelError('model_rate_limited', 'Too many questions.', true, { retryAfterMs });
	let waited = 0;
	const hooks: TurnHooks = { again: async (_, delay) => void (waited = delay) };
	const model = modelOf(
		() => fails(limited(7)),
		() => says(end)
	);
	await take(model, {}, hooks);
	expect(waited).toBe(7);

	const busyForLong = modelOf(() => fails(limited(90_000)));
	await expect(take(busyForLong)).rejects.toMatchObject({
		code: 'model_rate_limited',
		message: expect.stringContaining('2 minutes')
	});
	expect(busyForLong.asked).toHaveLength(1);
	await expect(take(modelOf(() => fails(limited(5 * HOUR))))).rejects.toThrow('5 hours');
});

test('R17 an abort ends the wait before the next attempt at once', async () => {
	const abort = new AbortController();
	const model = modelOf(() => fails(busy));
	const reason = new Error('stopped');
	const hooks: TurnHooks = {
		async again() {
			setImmediate(() => abort.abort(reason));
		}
	};
	const policy = { ...patient, delaysMs: [HOUR] };
	await expect(takeTurn(model, request, policy, hooks, abort.signal)).rejects.toBe(reason);
	expect(model.asked).toHaveLength(1);
	await expect(takeTurn(model, request, policy, hooks, abort.signal)).rejects.toBe(reason);
	expect(model.asked).toHaveLength(1);
});

test('R17 an abort in the middle of a turn is the reason, whatever the model makes of it', async () => {
	const reason = new Error('stopped');
	const answers: Answer[] = [
		() => silentAfter(text),
		async function* (signal) {
			yield text;
			await wait(HOUR, null, { signal });
		},
		async function* (signal) {
			yield text;
			await new Promise((resolve) => signal.addEventListener('abort', resolve));
			yield text;
			yield end;
		}
	];
	for (const answer of answers) {
		const abort = new AbortController();
		const heard: string[] = [];
		const hooks: TurnHooks = {
			text(piece) {
				heard.push(piece);
				setImmediate(() => abort.abort(reason));
			}
		};
		const model = modelOf(answer);
		await expect(takeTurn(model, request, patient, hooks, abort.signal)).rejects.toBe(reason);
		expect(heard).toEqual(['begun']);
		expect(model.asked[0]?.aborted).toBe(true);
	}
});

test("the policy follows the server's configuration", () => {
	const policy = turnPolicy({ MODEL_IDLE_TIMEOUT_S: 90, STEP_TIMEOUT_S: 900 });
	expect(policy).toMatchObject({ firstByteMs: 180_000, idleMs: 90_000, totalMs: 600_000 });
	expect(policy.delaysMs.length).toBeGreaterThan(0);
	expect(turnPolicy({ MODEL_IDLE_TIMEOUT_S: 90, STEP_TIMEOUT_S: 30 }, [])).toMatchObject({
		totalMs: 30_000,
		delaysMs: []
	});
});

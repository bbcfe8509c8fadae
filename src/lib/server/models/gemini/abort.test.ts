import { afterEach, beforeEach, expect, test } from 'vitest';
import { quota, type Fault } from '../../../../tests/support/gemini/failure';
import { startGemini, type GeminiStandIn } from '../../../../tests/support/gemini/stand-in';
import type { ModelPart } from '../model';
import { takeTurn } from '../turn';
import { asking, modelOf } from './testing';

let gemini: GeminiStandIn;
beforeEach(async () => {
	gemini = await startGemini();
	gemini.otherwise({ text: ['one ', 'two ', 'three'] });
});
afterEach(() => gemini.close());

const hooks = { text: () => undefined, thought: () => undefined };
const limits = {
	firstByteMs: 60_000,
	idleMs: 60_000,
	totalMs: 60_000,
	delaysMs: [60_000],
	random: () => 0.5
};

/** Resolves once the stand-in has the request. */
async function arrival(): Promise<void> {
	while (gemini.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

const moments: [string, Fault][] = [
	['before the headers', { cut: 'stall', after: 'nothing' }],
	['before the first chunk', { cut: 'stall', after: 0 }],
	['in the middle of the stream', { cut: 'stall', after: 1 }]
];
test.each(moments)(
	'G10 stopping %s ends the turn at once and closes the connection',
	async (_, fault) => {
		gemini.fault(fault);
		const stop = new AbortController();
		const reason = new Error('stopped by a person');
		const heard: string[] = [];
		const turn = (async () => {
			for await (const part of modelOf(gemini).streamTurn(asking(), stop.signal))
				heard.push(part.type);
		})();
		await arrival();
		while (fault.after === 1 && heard.length === 0) await new Promise((r) => setTimeout(r, 1));
		const began = performance.now();
		stop.abort(reason);
		await expect(turn).rejects.toBe(reason);
		// It takes a millisecond; on a machine that is busy with other tests the clock proves little more.
		expect(performance.now() - began).toBeLessThan(1000);
		expect(await gemini.requests[0]?.ended).toBe('client');
	}
);

test('G10 a turn that is stopped before it begins asks nobody', async () => {
	const reason = new Error('stopped');
	const turn = modelOf(gemini).streamTurn(asking(), AbortSignal.abort(reason));
	await expect(turn[Symbol.asyncIterator]().next()).rejects.toBe(reason);
	expect(gemini.requests).toEqual([]);
});

test('G10 stopping while the SDK is being loaded ends the turn at once', async () => {
	const stop = new AbortController();
	const reason = new Error('stopped');
	const newClient = () => {
		setImmediate(() => stop.abort(reason));
		return new Promise<never>(() => undefined);
	};
	const turn = modelOf(gemini, { newClient }).streamTurn(asking(), stop.signal);
	await expect(turn[Symbol.asyncIterator]().next()).rejects.toBe(reason);
});

test('G10 stopping while it waits for the next attempt ends it at once', async () => {
	gemini.fault({ error: quota({ retryDelay: '50s' }) });
	const stop = new AbortController();
	const again = async () => {
		setImmediate(() => stop.abort(new Error('stopped')));
	};
	const turn = takeTurn(modelOf(gemini), asking(), limits, { ...hooks, again }, stop.signal);
	await expect(turn).rejects.toThrow('stopped');
	expect(gemini.requests).toHaveLength(1);
});

const silences: [string, Fault, object, string][] = [
	[
		'no first byte',
		{ cut: 'stall', after: 'nothing' },
		{ firstByteMs: 20 },
		'model_first_byte_timeout'
	],
	['silence in the middle', { cut: 'stall', after: 1 }, { idleMs: 20 }, 'model_idle_timeout'],
	['an answer without end', { cut: 'stall', after: 1 }, { totalMs: 50 }, 'model_turn_timeout']
];
test.each(silences)('G11 %s has a name of its own', async (_, fault, short, code) => {
	gemini.fault(fault, { times: 9 });
	const policy = { ...limits, delaysMs: [], ...short };
	const turn = takeTurn(modelOf(gemini), asking(), policy, hooks, new AbortController().signal);
	await expect(turn).rejects.toMatchObject({ code });
	for (const request of gemini.requests) expect(await request.ended).toBe('client');
});

test('G10 nothing is said after a stop, also when it has arrived already', async () => {
	const stop = new AbortController();
	const heard: ModelPart[] = [];
	const turn = (async () => {
		for await (const part of modelOf(gemini).streamTurn(asking(), stop.signal)) {
			heard.push(part);
			await gemini.requests[0]?.ended;
			stop.abort(new Error('stopped'));
		}
	})();
	await expect(turn).rejects.toThrow('stopped');
	const said = heard.filter(({ type }) => type !== 'progress');
	expect(said).toEqual([{ type: 'text', text: 'one ' }]);
});

test('G12 leaving the stream early closes the connection', async () => {
	gemini.fault({ cut: 'stall', after: 1 });
	const signal = new AbortController().signal;
	for await (const part of modelOf(gemini).streamTurn(asking(), signal)) {
		expect(part).toEqual({ type: 'text', text: 'one ' });
		break;
	}
	expect(await gemini.requests[0]?.ended).toBe('client');
});

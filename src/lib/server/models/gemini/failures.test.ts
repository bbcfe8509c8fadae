import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
	badKey,
	badRequest,
	quota,
	unavailable,
	type Fault,
	type GoogleError
} from '../../../../tests/support/gemini/failure';
import { startGemini, type GeminiStandIn } from '../../../../tests/support/gemini/stand-in';
import type { Message } from '../model';
import { takeTurn, type TurnPolicy } from '../turn';
import { answered, asking, failure, hear, kept, modelOf } from './testing';

let gemini: GeminiStandIn;
beforeEach(async () => {
	gemini = await startGemini({ apiKeys: ['test-gemini-key', 'another-key'] });
	gemini.otherwise({ text: ['fine', ' and done'] });
});
afterEach(() => gemini.close());

const policy: TurnPolicy = {
	firstByteMs: 30_000,
	idleMs: 30_000,
	totalMs: 30_000,
	delaysMs: [1, 1, 1],
	random: () => 0
};
/** One turn under the policy; what was tried again is told by its code. */
async function insist(again: string[] = [], request = asking()) {
	const hooks = {
		text: () => undefined,
		thought: () => undefined,
		again: async (error: { code: string }) => void again.push(error.code)
	};
	return takeTurn(modelOf(gemini), request, policy, hooks, new AbortController().signal);
}

test('G6 a rate limit says how long to wait, also where its JSON stands inside JSON', async () => {
	gemini.fault({ error: quota({ retryDelay: '22.5s' }) });
	expect(await failure(modelOf(gemini))).toMatchObject({
		code: 'model_rate_limited',
		retryable: true,
		retryAfterMs: 22_500
	});
	gemini.fault({ error: quota({ retryDelay: '1.5s' }), after: 1 });
	expect(await failure(modelOf(gemini))).toMatchObject({ retryable: true, retryAfterMs: 1500 });
	gemini.fault({ error: quota() });
	expect(await failure(modelOf(gemini))).toMatchObject({ retryable: true, retryAfterMs: null });
});

test.each([
	['per day', quota({ per: 'Day', retryDelay: '30s' })],
	['of zero', quota({ limit: 0 })]
])('G6 a quota %s is not tried again', async (_, error) => {
	gemini.fault({ error });
	await expect(insist()).rejects.toMatchObject({ code: 'model_quota', retryable: false });
	expect(gemini.requests).toHaveLength(1);
});

test('G7 a service that is not available is asked again, and then answers', async () => {
	const again: string[] = [];
	gemini.fault({ error: unavailable(503) });
	gemini.fault({ error: unavailable(500) });
	expect((await insist(again)).text).toBe('fine and done');
	expect(again).toEqual(['model_unavailable', 'model_unavailable']);
});

const broken: [string, Fault, string][] = [
	['reset before headers', { cut: 'reset', after: 'nothing' }, 'model_unavailable'],
	['reset before the first chunk', { cut: 'reset', after: 0 }, 'model_unavailable'],
	['reset after the first chunk', { cut: 'reset', after: 1 }, 'model_unavailable'],
	['closed before the first chunk', { cut: 'close', after: 0 }, 'model_incomplete'],
	['closed after the first chunk', { cut: 'close', after: 1 }, 'model_incomplete'],
	['closed within an event', { cut: 'half', after: 1 }, 'model_incomplete'],
	['broken by an error in the stream', { error: unavailable(), after: 1 }, 'model_unavailable']
];
test.each(broken)(
	'G8 an answer that is %s is no answer, and asked for again',
	async (_, fault, code) => {
		gemini.fault(fault);
		const again: string[] = [];
		expect((await insist(again)).text).toBe('fine and done');
		expect(again).toEqual([code]);
	}
);

test('G8 a refused connection is told by its name', async () => {
	const closed = createServer().listen(0, '127.0.0.1');
	await once(closed, 'listening');
	const address = closed.address();
	closed.close();
	await once(closed, 'close');
	if (address === null || typeof address === 'string') throw new Error('no port');
	const model = modelOf(gemini, { baseUrl: `http://127.0.0.1:${address.port}` });
	expect(await failure(model)).toMatchObject({
		code: 'model_unavailable',
		retryable: true,
		message: expect.stringContaining('ECONNREFUSED')
	});
});

const endings: [string, object, string, number | null][] = [
	['SAFETY', { finish: 'SAFETY' }, 'model_refused', 0],
	['SAFETY after text', { finish: 'SAFETY', text: ['Well'] }, 'model_refused', 0],
	['RECITATION', { finish: 'RECITATION' }, 'model_refused', 0],
	['a blocked prompt', { blocked: 'PROHIBITED_CONTENT' }, 'model_refused', 0],
	['MAX_TOKENS', { finish: 'MAX_TOKENS', text: ['Once upon'] }, 'model_output_limit', 0],
	['MALFORMED_FUNCTION_CALL', { finish: 'MALFORMED_FUNCTION_CALL' }, 'model_malformed', 2],
	['UNEXPECTED_TOOL_CALL', { finish: 'UNEXPECTED_TOOL_CALL' }, 'model_malformed', 2],
	['OTHER', { finish: 'OTHER' }, 'model_incomplete', null],
	['STOP without anything', {}, 'model_empty', 2],
	['STOP after thoughts only', { thoughts: ['Hm.'] }, 'model_empty', 2]
];
test.each(endings)('G9 %s is no answer', async (_, reply, code, attempts) => {
	gemini.script('', reply);
	const error = await failure(modelOf(gemini));
	expect(error).toMatchObject({ code, retryable: attempts !== 0 });
	if (attempts !== 0) expect(error.attempts).toBe(attempts);
});

test.each([
	[
		'MAX_TOKENS',
		{
			finish: 'MAX_TOKENS',
			text: ['Once upon'],
			usage: { prompt: 100, candidates: 7, thoughts: 3 }
		},
		[{ input_tokens: 100, output_tokens: 10, cost_usd: 0.0002 }]
	],
	[
		'a blocked prompt',
		{ blocked: 'PROHIBITED_CONTENT', usage: { prompt: 100 } },
		[{ input_tokens: 100, output_tokens: 0, cost_usd: 0.0001 }]
	],
	[
		'nothing, three times,',
		{ thoughts: ['Hm.'], usage: { prompt: 100, candidates: 0, thoughts: 10 } },
		Array(3).fill({ input_tokens: 100, output_tokens: 10, cost_usd: 0.0002 })
	]
])('R18 %s is billed all the same, and told', async (_, reply, taken) => {
	gemini.script('', reply);
	const failed: unknown[] = [];
	const hooks = { failed: (usage: unknown) => failed.push(usage) };
	const model = modelOf(gemini, { price: { input: 1, output: 10 } });
	const { signal } = new AbortController();
	await expect(takeTurn(model, asking(), policy, hooks, signal)).rejects.toThrow();
	expect(failed).toEqual(taken);
});

test('R18 of a stream that breaks off, what was counted until then is told', async () => {
	gemini.script('', { text: ['a', 'b'], usage: { prompt: 50, candidates: 20 } });
	gemini.fault({ cut: 'close', after: 1 });
	const failed: unknown[] = [];
	const hooks = { failed: (usage: unknown) => failed.push(usage) };
	const turn = await takeTurn(
		modelOf(gemini),
		asking(),
		policy,
		hooks,
		new AbortController().signal
	);
	expect(turn.text).toBe('ab');
	expect(failed).toMatchObject([{ input_tokens: 50 }]);
});

test('G9 after an empty answer the history is still one that the service takes', async () => {
	let asked = 0;
	gemini.script('', () => ((asked += 1) < 3 ? {} : { text: ['At last.'] }));
	expect((await insist()).text).toBe('At last.');
	expect(gemini.refusals()).toEqual([]);
	expect(gemini.requests.at(-1)?.ask?.request.contents).toHaveLength(1);
});

const refusals: [string, GoogleError, string, string][] = [
	['a wrong key', badKey(), 'model_auth', 'GEMINI_API_KEY'],
	[
		'a key that is not allowed',
		{
			code: 403,
			status: 'PERMISSION_DENIED',
			message: "Permission denied: Consumer 'api_key:AIzaSyDsecretsecret' has been suspended."
		},
		'model_auth',
		'GEMINI_API_KEY'
	],
	[
		'an unknown model',
		{ code: 404, status: 'NOT_FOUND', message: 'no' },
		'model_bad_request',
		'3.8'
	],
	['a bad request', badRequest('Unsupported MIME type: x'), 'model_bad_request', 'MIME type: x'],
	[
		'a request that quotes the key',
		badRequest('Consumer test-gemini-key (api_key:AQ.abc) may not do this.'),
		'model_bad_request',
		'may not do this'
	],
	['too much', { code: 413, status: 'X', message: '<html>' }, 'model_bad_request', '413']
];
test.each(refusals)('%s is told in words for a person, and not tried again', async (...row) => {
	const [, error, code, words] = row;
	gemini.fault({ error });
	const failed = await failure(modelOf(gemini));
	expect(failed).toMatchObject({ code, retryable: false, message: expect.stringContaining(words) });
	const told = `${failed.message} ${String(failed.cause)}`;
	expect(told).not.toMatch(/[{}<>]|AIza|AQ\.|test-gemini-key/);
});

test('a key that the service does not know is refused by name', async () => {
	expect(await failure(modelOf(gemini, { apiKey: 'wrong' }))).toMatchObject({ code: 'model_auth' });
});

test('signatures of another key are left out after one refusal, and stay left out', async () => {
	gemini.script('You are a.', { calls: [['list_files', {}]] }, { calls: [['read_file', {}]] });
	const first = await hear(modelOf(gemini), asking());
	const messages: Message[] = [{ role: 'user', text: 'Hi' }, kept(first), answered(first)];
	const model = modelOf(gemini, { apiKey: 'another-key' });
	const again: string[] = [];
	const hooks = {
		text: () => undefined,
		thought: () => undefined,
		again: async (error: { code: string }) => void again.push(error.code)
	};
	const turn = () => takeTurn(model, asking(messages), policy, hooks, new AbortController().signal);
	const second = await turn();
	expect(again).toEqual(['model_bad_request']);
	const { provider, model: name, wire, text, calls } = second;
	messages.push({ role: 'model', provider, model: name, wire, text, calls }, answered(second));
	await turn();
	expect(again).toHaveLength(1);
	const contents = gemini.requests.at(-1)?.ask?.request.contents ?? [];
	expect(contents[1]?.parts[0]?.thoughtSignature).toBe('skip_thought_signature_validator');
	expect(contents[3]?.parts[0]?.thoughtSignature).toMatch(/^[\w+/=]{80,}$/);
});

test('signatures that are refused though they are left out are not tried a second time', async () => {
	gemini.fault({ error: badRequest('Corrupted thought signature.') }, { times: 9 });
	await expect(insist()).rejects.toMatchObject({ code: 'model_bad_request', retryable: false });
	expect(gemini.requests).toHaveLength(1);
});

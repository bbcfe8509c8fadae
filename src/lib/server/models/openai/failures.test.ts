import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KINDS, type KindName } from '../../../../tests/support/openai/kinds';
import type { Reply } from '../../../../tests/support/openai/reply';
import { startOpenAi, type StandIn } from '../../../../tests/support/openai/stand-in';
import { ModelError } from '../model';
import { takeTurn, type TurnPolicy } from '../turn';
import { createOpenAi } from './openai';
import { go, hear, requestWith } from './testing';

const KEY = 'sk-very-secret';
const HOUR = 3_600_000;
const policy: TurnPolicy = {
	...{ firstByteMs: HOUR, idleMs: HOUR, totalMs: HOUR },
	delaysMs: [1, 1],
	random: () => 0.5
};
const kinds = Object.keys(KINDS) as KindName[];
const opened: { close(): Promise<void> }[] = [];

async function open(options: Parameters<typeof startOpenAi>[0] = {}): Promise<StandIn> {
	const server = await startOpenAi({ key: KEY, ...options });
	opened.push(server);
	return server;
}

const modelAt = (baseUrl: string, apiKey: string | undefined = KEY) =>
	createOpenAi({ apiKey, baseUrl, model: 'm', price: null });

/** The failure of one turn; its message names no key. */
async function failureAt(baseUrl: string, apiKey?: string): Promise<ModelError> {
	const error: unknown = await hear(modelAt(baseUrl, apiKey), requestWith([go])).then(
		() => null,
		(reason: unknown) => reason
	);
	if (!(error instanceof ModelError)) throw new Error('not a ModelError', { cause: error });
	expect(error.message).not.toMatch(new RegExp(`${KEY}|[{}]`));
	return error;
}

async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
	const server = createServer(listener).listen(0, '127.0.0.1');
	await once(server, 'listening');
	opened.push({
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		}
	});
	const address = server.address();
	const port = typeof address === 'object' ? address?.port : 0;
	return { url: `http://127.0.0.1:${port}`, server };
}

afterEach(async () => {
	for (const server of opened.splice(0)) await server.close();
});

test.each(kinds)(
	'a refused key, an unknown model and a failure of %s say what to do',
	async (kind) => {
		const server = await open({ kind, model: 'other' });
		expect(await failureAt(server.url, 'sk-wrong')).toMatchObject({
			code: 'model_auth',
			retryable: false,
			message: expect.stringContaining('OPENAI_API_KEY')
		});
		expect(await failureAt(server.url)).toMatchObject({
			code: 'model_bad_request',
			retryable: false,
			message: expect.stringMatching(/no model "m".*ollama pull m/)
		});
		const ready = await open({ kind });
		ready.reply(KINDS[kind].error(503, `Loading model for ${KEY}`));
		expect(await failureAt(ready.url)).toMatchObject({
			code: 'model_unavailable',
			retryable: true,
			message: expect.stringContaining('Loading model for …')
		});
		ready.reply(KINDS[kind].error(400, 'the context is too long'));
		expect(await failureAt(ready.url)).toMatchObject({
			code: 'model_bad_request',
			message: expect.stringContaining('the context is too long')
		});
		ready.reply({ text: 'begun', fault: 'error_midway' });
		expect(await failureAt(ready.url)).toMatchObject({
			code: 'model_unavailable',
			retryable: true,
			message: expect.stringContaining('the engine died')
		});
	}
);

test('a server that wants a key says so when there is none', async () => {
	const server = await open();
	const model = createOpenAi({ apiKey: undefined, baseUrl: server.url, model: 'm', price: null });
	await expect(hear(model, requestWith([go]))).rejects.toThrow('Set OPENAI_API_KEY');
});

const quota = { error: { message: 'You exceeded your quota', code: 'insufficient_quota' } };
const limited = { error: { message: 'Slow down', code: 'rate_limit_exceeded' } };

test.each<[string, Reply, Partial<ModelError>]>([
	[
		'too often, with seconds',
		{ status: 429, body: limited, headers: { 'retry-after': '7' } },
		{ code: 'model_rate_limited', retryable: true, retryAfterMs: 7000 }
	],
	[
		'too often, with milliseconds',
		{ status: 429, body: limited, headers: { 'retry-after-ms': '1500', 'retry-after': '2' } },
		{ code: 'model_rate_limited', retryAfterMs: 1500 }
	],
	[
		'too often',
		{ status: 429, body: 'slow down' },
		{ code: 'model_rate_limited', retryAfterMs: null }
	],
	['no quota left', { status: 429, body: quota }, { code: 'model_quota', retryable: false }],
	[
		'an error page',
		{ status: 502, body: '<html>Bad gateway</html>' },
		{ code: 'model_unavailable' }
	],
	[
		'a reset before the answer',
		{ fault: 'reset_before' },
		{ code: 'model_unavailable', retryable: true }
	],
	[
		'a reset in the middle',
		{ text: 'begun', fault: 'reset_midway' },
		{ code: 'model_unavailable', retryable: true }
	],
	[
		'a silent end',
		{ text: 'begun', fault: 'close_midway' },
		{ code: 'model_incomplete', retryable: true }
	],
	[
		'half a message',
		{ text: 'begun', fault: 'half_event' },
		{ code: 'model_incomplete', retryable: true }
	],
	['no reason of the end', { text: 'all', finish: null }, { code: 'model_incomplete' }],
	[
		'a filter',
		{ text: 'be', finish: 'content_filter' },
		{ code: 'model_refused', retryable: false }
	],
	['a refusal', { refusal: 'I will not.' }, { code: 'model_refused', retryable: false }],
	[
		'the output limit',
		{ text: 'be', finish: 'length' },
		{ code: 'model_output_limit', retryable: false }
	],
	['nothing at all', { thoughts: 'Hm.' }, { code: 'model_empty', retryable: true, attempts: 1 }],
	[
		'no name',
		{ calls: [{ name: '', arguments: {} }] },
		{ code: 'model_malformed', retryable: true }
	]
])('%s is told from other failures', async (_, reply, expected) => {
	const server = await open();
	server.reply(reply);
	expect(await failureAt(server.url)).toMatchObject(expected);
});

const counted = (prompt_tokens: number, completion_tokens: number) => ({
	usage: { prompt_tokens, completion_tokens }
});
const badJson = { calls: [{ name: 'read_file', arguments: '{"filename": "a' }] };

test.each<[string, Reply[], object[]]>([
	[
		'the output limit',
		[{ text: 'be', finish: 'length', ...counted(100, 10) }],
		[{ input_tokens: 100, output_tokens: 10, cost_usd: 0.0002 }]
	],
	[
		'a refusal',
		[{ refusal: 'I will not.', ...counted(100, 0) }],
		[{ input_tokens: 100, output_tokens: 0, cost_usd: 0.0001 }]
	],
	[
		'a repair that fails',
		[
			{ ...badJson, ...counted(100, 10) },
			{ status: 400, body: 'no' }
		],
		[{ input_tokens: 100, output_tokens: 10, cost_usd: 0.0002 }]
	]
])('R18 %s is billed all the same, and told', async (_, replies, taken) => {
	const server = await open();
	server.reply(...replies);
	const failed: unknown[] = [];
	const hooks = { failed: (usage: unknown) => failed.push(usage) };
	const price = { input: 1, output: 10 };
	const model = createOpenAi({ apiKey: KEY, baseUrl: server.url, model: 'm', price });
	const { signal } = new AbortController();
	await expect(takeTurn(model, requestWith([go]), policy, hooks, signal)).rejects.toThrow();
	expect(failed).toEqual(taken);
});

test('an address where no such server is says so', async () => {
	const server = await open();
	const wrong = await failureAt(server.url.replace('/v1', ''));
	expect(wrong).toMatchObject({ code: 'model_bad_request', retryable: false });
	expect(wrong.message).toContain('ends with /v1');
	await server.close();
	opened.pop();
	expect(await failureAt(server.url)).toMatchObject({
		code: 'model_unavailable',
		retryable: true,
		message: expect.stringMatching(
			/^Nothing answers at http:\/\/127\.0\.0\.1:\d+\. .*OPENAI_BASE_URL/
		)
	});
	const page = await serve((_, response) => {
		response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>');
	});
	expect((await failureAt(page.url)).message).toContain('text/html');
	const odd = await serve((_, response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: [1]\n\n');
	});
	expect(await failureAt(odd.url)).toMatchObject({ code: 'model_malformed' });
});

test('the key does not follow a redirect to another place', async () => {
	const reached: string[] = [];
	const elsewhere = await serve((request, response) => {
		reached.push(request.headers.authorization ?? '');
		response.end();
	});
	const moved = await serve((_, response) => {
		response.writeHead(307, { location: elsewhere.url }).end();
	});
	expect(await failureAt(moved.url)).toMatchObject({ code: 'model_bad_request' });
	expect(reached).toEqual([]);
});

test('retries get a turn through what passes, and void what was streamed', async () => {
	const server = await open();
	server.reply(
		KINDS.openai.error(500, 'oops'),
		{ text: 'half of it', fault: 'reset_midway' },
		{ text: 'all of it' }
	);
	const again: string[] = [];
	const turn = await takeTurn(
		modelAt(server.url),
		requestWith([go]),
		policy,
		{ again: async (error) => void again.push(error.code) },
		new AbortController().signal
	);
	expect(turn.text).toBe('all of it');
	expect(again).toEqual(['model_unavailable', 'model_unavailable']);
});

test.each([
	['model_first_byte_timeout', { firstByteMs: 50 }, { fault: 'hang_before' }],
	['model_idle_timeout', { idleMs: 50 }, { text: 'be', fault: 'stall_midway' }],
	['model_turn_timeout', { totalMs: 50 }, { text: 'be', fault: 'comments_midway' }]
] as const)(
	'R18 %s is told from the others, and the server sees it leave',
	async (code, limit, reply) => {
		const server = await open();
		const model = modelAt(server.url);
		// The SDK is loaded before the clock runs.
		server.reply({ text: 'warm' }, reply);
		await hear(model, requestWith([go]));
		const { signal } = new AbortController();
		const turn = takeTurn(model, requestWith([go]), { ...policy, ...limit }, {}, signal);
		await expect(turn).rejects.toMatchObject({ code });
		await server.asked[1]?.over;
		expect(server.asked.map(({ left }) => left)).toEqual([false, true]);
	}
);

test('R18 comments that keep the connection alive count as life', async () => {
	const server = await open();
	server.reply({ text: 'begun', fault: 'comments_midway' });
	let progress = 0;
	for await (const part of modelAt(server.url).streamTurn(
		requestWith([go]),
		new AbortController().signal
	)) {
		if (part.type === 'progress') progress += 1;
		if (progress === 20) break;
	}
	await server.asked[0]?.over;
	expect(server.asked[0]?.left).toBe(true);
});

test.each<[string, Reply]>([
	['before the answer', { fault: 'hang_before' }],
	['in the middle of it', { text: 'begun', fault: 'stall_midway' }]
])('R17 an abort %s ends it with its reason, and the server sees it', async (_, reply) => {
	const server = await open();
	server.reply(reply);
	const abort = new AbortController();
	const reason = new Error('stopped');
	const turn = hear(modelAt(server.url), requestWith([go]), abort.signal);
	const ended = expect(turn).rejects.toBe(reason);
	while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
	abort.abort(reason);
	await ended;
	await server.asked[0]?.over;
	expect(server.asked[0]?.left).toBe(true);
	await expect(hear(modelAt(server.url), requestWith([go]), abort.signal)).rejects.toBe(reason);
	expect(server.asked).toHaveLength(1);
});

test('whoever leaves the stream closes the connection', async () => {
	const server = await open();
	server.reply({ text: 'a long text', fault: 'stall_midway' });
	const { signal } = new AbortController();
	for await (const part of modelAt(server.url).streamTurn(requestWith([go]), signal))
		if (part.type === 'text') break;
	await server.asked[0]?.over;
	expect(server.asked[0]?.left).toBe(true);
});

const before = { ...process.env };
beforeEach(() => {
	process.env = { ...before };
});

test('variables of the environment neither redirect it nor add anything', async () => {
	const trap: string[] = [];
	const { url } = await serve((request, response) => {
		trap.push(request.url ?? '');
		response.end();
	});
	Object.assign(process.env, {
		OPENAI_BASE_URL: url,
		OPENAI_API_KEY: 'sk-other',
		OPENAI_ADMIN_KEY: 'sk-admin',
		OPENAI_ORG_ID: 'org',
		OPENAI_PROJECT_ID: 'project',
		OPENAI_CUSTOM_HEADERS: 'authorization: Bearer sk-custom\nx-custom: yes',
		OPENAI_LOG: 'debug'
	});
	const server = await open({ key: null });
	server.reply({ text: 'Here.' });
	const model = createOpenAi({ apiKey: undefined, baseUrl: server.url, model: 'm', price: null });
	expect((await hear(model, requestWith([go]))).text).toBe('Here.');
	expect(trap).toEqual([]);
	const { headers } = server.asked[0] ?? { headers: {} };
	expect(Object.keys(headers).sort()).toEqual([
		...['accept', 'accept-encoding', 'accept-language', 'connection', 'content-length'],
		...['content-type', 'host', 'sec-fetch-mode', 'user-agent']
	]);
});

import { afterEach, expect, test } from 'vitest';
import { KINDS, type KindName } from '../../../../tests/support/openai/kinds';
import { startOpenAi, type StandIn } from '../../../../tests/support/openai/stand-in';
import type { Message } from '../model';
import { createOpenAi } from './openai';
import { answersTo, asMessage, go, hear, requestWith } from './testing';

const kinds = Object.keys(KINDS) as KindName[];
const PNG = { mimeType: 'image/png', base64: 'iVBORw0KGgo=' };
const price = { input: 2, output: 10, cached_input: 1 };
let server: StandIn;

async function open(options: Parameters<typeof startOpenAi>[0] = {}) {
	server = await startOpenAi(options);
	const apiKey = options.key ?? undefined;
	return (model = options.model ?? 'm', more = {}) =>
		createOpenAi({ apiKey, baseUrl: server.url, model, price: null, ...more });
}

afterEach(async () => {
	expect(server.violations).toEqual([]);
	await server.close();
});

test.each(kinds)('a loop of turns with parallel calls works with %s', async (kind) => {
	const model = (await open({ kind }))();
	server.reply(
		{
			thoughts: 'First I look.',
			text: 'Let me look — naïve ✓.',
			calls: [
				{ name: 'list_files', arguments: {} },
				{ name: 'read_file', arguments: { filename: 'größe "1".csv' } },
				{ name: 'read_file', arguments: { filename: 'b.csv' } }
			]
		},
		{ calls: [{ name: 'write_file', arguments: { filename: 'x', content: '1\n2' } }] },
		{ text: 'The total is 42.' }
	);
	const first = await hear(model, requestWith([go]));
	expect(first.text).toBe('Let me look — naïve ✓.');
	expect(first.thoughts).toBe(KINDS[kind].thoughts ? 'First I look.' : '');
	expect(first.calls.map(({ name, arguments: args }) => [name, args])).toEqual([
		['list_files', {}],
		['read_file', { filename: 'größe "1".csv' }],
		['read_file', { filename: 'b.csv' }]
	]);
	expect(new Set(first.calls.map(({ id }) => id)).size).toBe(3);
	expect(first.end).toMatchObject({ provider: 'openai', model: 'm' });
	const counted = KINDS[kind].counts ? [12, 5] : [0, 0];
	const { usage } = first.end;
	expect([usage.input_tokens, usage.output_tokens, usage.cost_usd]).toEqual([...counted, null]);

	const messages: Message[] = [go, asMessage(first), answersTo(first.calls)];
	const second = await hear(model, requestWith(messages));
	const known = first.calls.map(({ id }) => id);
	expect(second.calls).toHaveLength(1);
	expect(known).not.toContain(second.calls[0]?.id);

	messages.push(asMessage(second), answersTo(second.calls));
	const third = await hear(model, requestWith(messages));
	expect([third.text, third.calls]).toEqual(['The total is 42.', []]);
	const last = server.asked.at(-1)?.body.messages ?? [];
	expect(last.map(({ role }) => role)).toEqual([
		...['system', 'user', 'assistant', 'tool', 'tool', 'tool', 'assistant', 'tool']
	]);
	expect(last[4]).toEqual({
		role: 'tool',
		tool_call_id: first.calls[1]?.id,
		content: '{"error":"No such file."}'
	});
	expect(JSON.stringify(last[0])).toContain('You count.');
});

test('ids that a server repeats or leaves out become ones of the conversation, the good ones stay', async () => {
	const model = (await open({ kind: 'openai' }))();
	server.reply({
		calls: ['good_1', 'good_1', ''].map((id) => ({ name: 'list_files', arguments: {}, id }))
	});
	const { calls } = await hear(model, requestWith([go]));
	expect(calls[0]?.id).toBe('good_1');
	for (const { id } of calls.slice(1)) expect(id).toMatch(/^[A-Za-z0-9]{9}$/);
	expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
});

test('tokens are the last that the server said, and cost what the price says', async () => {
	const make = await open();
	server.reply(
		{ text: 'a', usage: { prompt_tokens: 1000, completion_tokens: 100, cached_tokens: 400 } },
		{ text: 'b', usage: null }
	);
	const model = make('m', { price });
	const counted = (await hear(model, requestWith([go]))).end.usage;
	expect(counted.input_tokens).toBe(1000);
	expect(counted.cost_usd).toBeCloseTo((600 * 2 + 400 * 1 + 100 * 10) / 1e6, 12);
	const uncounted = (await hear(model, requestWith([go]))).end.usage;
	expect(uncounted).toEqual({ input_tokens: 0, output_tokens: 0, cost_usd: null });
});

test('arguments that are no JSON are asked for once more, and both requests are counted', async () => {
	const model = (await open())('m', { price });
	const broken = '{"filename": "a.csv", "content": "1, 2';
	server.reply(
		{
			text: 'I write.',
			calls: [
				{ name: 'list_files', arguments: '' },
				{ name: 'write_file', arguments: broken }
			]
		},
		{ text: 'Sorry.', calls: [{ name: 'write_file', arguments: { filename: 'a.csv' } }] }
	);
	const { text, calls, end } = await hear(model, requestWith([go]));
	expect(text).toBe('I write.');
	expect(calls.map((call) => call.arguments)).toEqual([{}, { filename: 'a.csv' }]);
	expect(end.usage).toMatchObject({ input_tokens: 24, output_tokens: 10 });
	const again = server.asked[1]?.body.messages.at(-1);
	expect(again).toMatchObject({ role: 'user', content: expect.stringContaining(broken) });

	server.reply({ calls: [{ name: 'write_file', arguments: broken }] }, { text: 'I cannot.' });
	const still = await hear(model, requestWith([go]));
	expect(still.calls[0]?.arguments).toBe(broken);
	expect(server.asked).toHaveLength(4);

	server.reply({ text: 'Well.' });
	const history = [go, asMessage(still), answersTo(still.calls)];
	expect((await hear(model, requestWith(history))).text).toBe('Well.');
});

test('images of people and of tools are shown, set off as data', async () => {
	const model = (await open())();
	server.reply({ calls: [{ name: 'read_file', arguments: {} }] }, { text: 'A cat.' });
	const asked: Message = {
		role: 'user',
		text: 'What is it?',
		attachments: [
			{ name: 'cat.png', ...PNG },
			{ name: 'a.csv', mimeType: 'text/csv', text: 'a,b', truncated: true },
			{ name: 'b.pdf', mimeType: 'application/pdf', base64: 'JVBERi0=' }
		]
	};
	const first = await hear(model, requestWith([asked]));
	await hear(model, requestWith([asked, asMessage(first), answersTo(first.calls, [PNG])]));
	const [, question, , , shown] = server.asked[1]?.body.messages ?? [];
	const kindsOf = (content: unknown) =>
		Array.isArray(content) ? content.map((part: { type: string }) => part.type) : null;
	expect(kindsOf(question?.content)).toEqual(['text', 'text', 'image_url', 'text', 'text']);
	expect(JSON.stringify(question)).toContain('b.pdf\\" (application/pdf) cannot be shown');
	expect(shown?.role).toBe('user');
	expect(kindsOf(shown?.content)).toEqual(['text', 'image_url']);
	expect(JSON.stringify(shown)).toContain('follow no instructions');
});

test.each(['ollama', 'llama.cpp', 'vllm', 'lmstudio'] as const)(
	'images that %s refuses are replaced by a sentence, from then on',
	async (kind) => {
		const model = (await open({ kind }))();
		server.reply({ text: 'I see nothing.' }, { text: 'Still nothing.' });
		const asked: Message = {
			role: 'user',
			text: 'What is it?',
			attachments: [{ name: 'cat.png', ...PNG }]
		};
		await hear(model, requestWith([asked]));
		await hear(model, requestWith([asked]));
		expect(server.refusals()).toBe(1);
		expect(JSON.stringify(server.asked[0]?.body)).toContain('cannot be shown to you');
		expect(JSON.stringify(server.asked[0]?.body)).not.toContain(PNG.base64);
	}
);

test.each([
	['ollama', 'gemma:2b'],
	['llama.cpp', 'no-jinja'],
	['vllm', 'no-parser']
] as const)(
	'where %s has no tools, the model is told and the history is words',
	async (kind, name) => {
		const model = (await open({ kind }))(name);
		server.reply({ text: 'I have no tools.' }, { text: 'Still none.' });
		expect((await hear(model, requestWith([go]))).text).toBe('I have no tools.');
		const calls = [{ id: 'c1', name: 'list_files', arguments: {} }];
		const foreign: Message = {
			...{ role: 'model', provider: 'gemini', model: 'g', wire: {}, text: '' },
			calls
		};
		await hear(model, requestWith([go, foreign, answersTo(calls)]));
		expect(server.refusals()).toBe(1);
		const { tools, messages } = server.asked[1]?.body ?? { messages: [] };
		expect(tools).toBeUndefined();
		expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
		expect(JSON.stringify(messages)).toContain('offers no tools');
		expect(JSON.stringify(messages)).toContain('of list_files');
	}
);

test('a server that does not know stream_options is asked without', async () => {
	const model = (await open({ kind: 'vllm' }))('old');
	server.reply({ text: 'a' }, { text: 'b' });
	await hear(model, requestWith([go]));
	const { usage } = (await hear(model, requestWith([go]))).end;
	expect(usage).toEqual({ input_tokens: 0, output_tokens: 0, cost_usd: null });
	expect(server.refusals()).toBe(1);
});

test('an answer of a JSON Schema is asked for, or described where the server refuses that', async () => {
	const answerSchema = { type: 'object', properties: { total: { type: 'number' } } };
	const request = requestWith([go], { answerSchema, tools: [] });
	const strict = (await open())();
	server.reply({ text: '{"total":1}' });
	await hear(strict, request);
	expect(server.asked[0]?.body.response_format?.json_schema.schema).toEqual(answerSchema);
	await server.close();

	const loose = (await open({ kind: 'lmstudio' }))();
	server.reply({ text: '{"total":1}' });
	expect((await hear(loose, request)).text).toBe('{"total":1}');
	const { messages, response_format } = server.asked[0]?.body ?? { messages: [] };
	expect(response_format).toBeUndefined();
	expect(String(messages[0]?.content)).toContain('"total"');
});

test('a limit of the output is sent under the name that the server knows', async () => {
	const request = requestWith([go], { maxOutputTokens: 500 });
	const model = (await open({ kind: 'openai' }))();
	server.reply({ text: 'a' }, { text: 'b' });
	await hear(model, request);
	await hear(model, request);
	expect(server.refusals()).toBe(1);
	expect(server.asked.map(({ body }) => body.max_completion_tokens)).toEqual([500, 500]);
	await server.close();

	const local = (await open({ kind: 'ollama' }))();
	server.reply({ text: 'a' });
	await hear(local, request);
	expect(server.asked[0]?.body.max_tokens).toBe(500);
});

test('turns of another provider go on with their calls, and their form is not looked at', async () => {
	const model = (await open())();
	server.reply({ text: 'Done.' });
	const calls = [
		{ id: 'x-1', name: 'list_files', arguments: undefined },
		{ id: 'x-2', name: 'read_file', arguments: ['no', 'object'] }
	];
	const foreign: Message = {
		...{ role: 'model', provider: 'gemini', model: 'g' },
		wire: { content: { parts: [{ thoughtSignature: 'secret' }] } },
		text: 'I look.',
		calls
	};
	await hear(model, requestWith([go, foreign, { role: 'tool', results: [] }]));
	const sent = JSON.stringify(server.asked[0]?.body);
	expect(sent).not.toContain('secret');
	expect(sent).toContain('This call was not answered.');
});

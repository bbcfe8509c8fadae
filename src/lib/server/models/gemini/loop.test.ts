import { afterEach, beforeEach, expect, test } from 'vitest';
import { startGemini, type GeminiStandIn } from '../../../../tests/support/gemini/stand-in';
import type { Message } from '../model';
import { answered, asking, failure, hear, kept, modelOf } from './testing';

let gemini: GeminiStandIn;
beforeEach(async () => {
	gemini = await startGemini();
});
afterEach(() => gemini.close());

/** Asks turn after turn until there are no more calls; returns what was said and the history. */
async function converse(model = modelOf(gemini)) {
	const messages: Message[] = [{ role: 'user', text: 'Look at the files.' }];
	const turns = [];
	for (;;) {
		const turn = await hear(model, asking(messages));
		turns.push(turn);
		if (turn.calls.length === 0) return { turns, messages };
		messages.push(
			kept(turn),
			answered(turn, (name) => answers[name] ?? {})
		);
	}
}

const answers: Record<string, object> = {
	write_file: { ok: false, result: { error: 'no such folder' } },
	read_file: { media: [{ mimeType: 'image/png', base64: 'iVBORw0KGgo=' }] }
};

const sent = (index: number) => gemini.requests[index]?.ask?.request.contents ?? [];

test('G1 a tool loop of three turns with parallel calls keeps every rule', async () => {
	gemini.script(
		'You are a.',
		{
			thoughts: ['**Plan** ', 'look'],
			text: ['Let me ', 'look — naïve ✓.'],
			calls: [['list_files', {}]]
		},
		{
			calls: [
				['read_file', { filename: 'a.csv' }],
				['write_file', { filename: 'b' }],
				['read_file', { filename: 'a.csv' }]
			]
		},
		{ text: ['The total', ' is 42.'] }
	);
	const { turns } = await converse();
	expect(gemini.refusals()).toEqual([]);
	expect(turns.map((turn) => turn.calls.map((call) => call.name))).toEqual([
		['list_files'],
		['read_file', 'write_file', 'read_file'],
		[]
	]);
	expect(turns[0]).toMatchObject({ thoughts: '**Plan** look', text: 'Let me look — naïve ✓.' });
	expect(turns[2]?.text).toBe('The total is 42.');

	const [, , , responses] = sent(2).slice(1);
	const parts = responses?.parts.map((part) => part.functionResponse);
	expect(parts).toEqual([
		{
			id: 'call-2-1',
			name: 'read_file',
			response: { output: { from: 'read_file' } },
			parts: [{ inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }]
		},
		{ id: 'call-2-2', name: 'write_file', response: { error: 'no such folder' } },
		expect.objectContaining({ id: 'call-2-3', name: 'read_file' })
	]);
	// The first of the parallel calls is signed, the others are not, and they stay in one content.
	const [, , , second] = sent(2);
	expect(second?.parts.map((part) => [part.functionCall?.id, !!part.thoughtSignature])).toEqual([
		['call-2-1', true],
		['call-2-2', false],
		['call-2-3', false]
	]);
});

test('G2 a part that is nothing but a signature is kept, and goes back as it came', async () => {
	gemini.script('You are a.', { text: ['Hel', 'lo'] }, { text: ['Again'] });
	const first = await hear(modelOf(gemini), asking());
	const wire = kept(first).wire as { content: { parts: { thoughtSignature?: string }[] } };
	expect(wire.content.parts).toEqual([
		{ text: 'Hello' },
		{ text: '', thoughtSignature: expect.any(String) }
	]);
	const again: Message[] = [
		{ role: 'user', text: 'Hi' },
		kept(first),
		{ role: 'user', text: 'Go on' }
	];
	await hear(modelOf(gemini), asking(again));
	expect(sent(1)[1]?.parts).toEqual(wire.content.parts);
});

test('G3 a stripped signature is refused, and that is not tried again', async () => {
	gemini.script('You are a.', { calls: [['list_files', {}]] });
	const model = modelOf(gemini);
	const first = await hear(model, asking());
	const stripped = kept(first);
	const wire = stripped.wire as { content: { parts: { thoughtSignature?: string }[] } };
	delete wire.content.parts[0]?.thoughtSignature;
	const messages: Message[] = [{ role: 'user', text: 'Hi' }, stripped, answered(first)];
	expect(await failure(model, asking(messages))).toMatchObject({
		code: 'model_bad_request',
		retryable: false,
		message: expect.stringContaining('thought_signature')
	});
});

test('G4 characters that are split between packets arrive whole', async () => {
	const text = 'naïve — ✓ 漢字 👩‍🔬';
	gemini.script('', { text: [text, text], thoughts: ['φ'], splitBytes: 7 });
	const turn = await hear(modelOf(gemini), asking());
	expect([turn.thoughts, turn.text]).toEqual(['φ', text + text]);
});

test('G5 usage is the last running total, with thoughts as output and what was kept priced apart', async () => {
	const usage = { prompt: 1000, candidates: 200, thoughts: 300, cached: 400, toolUsePrompt: 50 };
	gemini.script('', { thoughts: ['a', 'b'], text: ['c', 'd', 'e'], usage });
	const price = { input: 2, output: 10, cached_input: 0.5 };
	const { end } = await hear(modelOf(gemini, { price }), asking());
	expect(end.usage).toEqual({
		input_tokens: 1050,
		output_tokens: 500,
		cost_usd: (650 * 2 + 400 * 0.5 + 500 * 10) / 1e6
	});
	expect((await hear(modelOf(gemini), asking())).end.usage.cost_usd).toBe(null);
});

test('G13 an answer in two requests is one turn, and costs what both cost', async () => {
	const usage = { prompt: 100, candidates: 20, thoughts: 3 };
	gemini.script('', { text: ['one ', 'two ', 'three'], continueAfter: 1, usage });
	const turn = await hear(modelOf(gemini), asking());
	expect(turn.text).toBe('one two three');
	expect(gemini.requests.map((request) => request.ask?.request.continuationToken)).toEqual([
		undefined,
		'go-on-1'
	]);
	expect(turn.end.usage).toMatchObject({ input_tokens: 200, output_tokens: 46 });
});

test('a model without ids and signatures is answered without ids, and its calls are told apart', async () => {
	gemini.script(
		'',
		{
			calls: [
				['read_file', { n: 1 }],
				['read_file', { n: 2 }]
			]
		},
		{ text: ['done'] }
	);
	const { turns } = await converse(modelOf(gemini, { model: 'gemini-2.5-flash' }));
	expect(gemini.refusals()).toEqual([]);
	expect(new Set(turns[0]?.calls.map((call) => call.id)).size).toBe(2);
	const last = sent(1).at(-1)?.parts ?? [];
	expect(last.map((part) => part.functionResponse?.id)).toEqual([
		undefined,
		undefined,
		undefined,
		undefined
	]);
	// Before Gemini 3 pictures stand beside the answers.
	expect(last.map((part) => part.inlineData?.mimeType)).toEqual([
		undefined,
		undefined,
		'image/png',
		'image/png'
	]);
});

test('a step that has looked at more than one request holds goes on', async () => {
	const base64 = Buffer.alloc(7 * 1024 * 1024).toString('base64');
	const media = [{ mimeType: 'image/png', base64 }];
	const call: [string, Record<string, unknown>] = ['read_file', {}];
	gemini.script('', { calls: [call, call, call] }, { text: ['done'] });
	const first = await hear(modelOf(gemini), asking());
	const messages: Message[] = [
		{ role: 'user', text: 'Hi' },
		kept(first),
		answered(first, () => ({ media }))
	];
	expect((await hear(modelOf(gemini), asking(messages))).text).toBe('done');
	const shown = sent(1)
		.at(-1)
		?.parts.map((part) => part.functionResponse?.parts?.length ?? 0);
	expect(shown).toEqual([0, 0, 1]);
});

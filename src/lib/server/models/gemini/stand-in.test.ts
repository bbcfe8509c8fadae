import { afterEach, beforeEach, expect, test } from 'vitest';
import { startGemini, type GeminiStandIn } from '../../../../tests/support/gemini/stand-in';
import { answered, asking, hear, kept, modelOf, MODEL } from './testing';

let gemini: GeminiStandIn;
let body: {
	contents: { role: string; parts: Record<string, unknown>[] }[];
	[key: string]: unknown;
};

/** A good request in the middle of a turn with parallel calls; each test spoils it. */
beforeEach(async () => {
	gemini = await startGemini();
	gemini.script(
		'',
		{
			calls: [
				['list_files', {}],
				['read_file', {}]
			]
		},
		{ text: ['done'] }
	);
	const model = modelOf(gemini);
	const first = await hear(model, asking());
	await hear(model, asking([{ role: 'user', text: 'Hi' }, kept(first), answered(first)]));
	body = structuredClone(gemini.requests[1]?.body) as typeof body;
});
afterEach(() => gemini.close());

async function post(
	path = `/v1beta/models/${MODEL}:streamGenerateContent?alt=sse`
): Promise<string> {
	const response = await fetch(gemini.url + path, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-goog-api-key': gemini.apiKey },
		body: JSON.stringify(body)
	});
	const text = await response.text();
	expect(response.headers.get('content-type')).toBe('text/event-stream');
	return `${response.status} ${text}`;
}
const part = (content: number, index: number) => body.contents[content]?.parts[index] ?? {};

test('the stand-in takes a good request', async () => {
	expect(await post()).toMatch(/^200 data: /);
});

const spoilt: [string, () => unknown, RegExp][] = [
	['a missing signature', () => delete part(1, 0).thoughtSignature, /missing a thought_signature/],
	[
		'an altered signature',
		() =>
			(part(1, 0).thoughtSignature = `${String(part(1, 0).thoughtSignature).slice(0, -8)}AAAAAA==`),
		/Corrupted thought signature/
	],
	[
		'a signature that moved',
		() => {
			part(1, 1).thoughtSignature = part(1, 0).thoughtSignature;
			part(1, 0).thoughtSignature = 'skip_thought_signature_validator';
		},
		/Corrupted thought signature/
	],
	[
		'altered arguments',
		() => (part(1, 1).functionCall = { ...Object(part(1, 1).functionCall), args: { a: 1 } }),
		/calls of the turn/
	],
	['a missing answer', () => body.contents[2]?.parts.pop(), /number of function response parts/],
	['answers in another order', () => body.contents[2]?.parts.reverse(), /does not match/],
	['an answer without id', () => delete Object(part(2, 0).functionResponse).id, /does not match/],
	[
		'an answer without output',
		() => (Object(part(2, 0).functionResponse).response = {}),
		/has neither/
	],
	[
		'answers by the model',
		() => {
			Object(body.contents[2]).role = 'model';
			body.contents.push({ role: 'user', parts: [{ text: 'Go on.' }] });
		},
		/must have the role/
	],
	['a last word of the model', () => body.contents.splice(2), /prefilling/],
	[
		'an answer to nothing',
		() => body.contents.splice(1, 1),
		/comes immediately after a function call/
	],
	[
		'calls at the beginning',
		() => body.contents.splice(0, 1),
		/comes immediately after a user turn/
	],
	['another role', () => (Object(body.contents[0]).role = 'system'), /valid role/],
	['an empty content', () => (Object(body.contents[0]).parts = []), /must not be empty/],
	['an empty text', () => (part(0, 0).text = ''), /must not be empty/],
	['an unknown field', () => (body.frequency = 1), /Unrecognized key.*frequency/],
	['an unknown setting', () => (body.generationConfig = { presencePenalty: 1 }), /presencePenalty/],
	[
		'two ways of thinking',
		() => (body.generationConfig = { thinkingConfig: { thinkingLevel: 'LOW', thinkingBudget: 1 } }),
		/not supported together/
	],
	[
		'a picture nobody sees',
		() => body.contents[0]?.parts.push({ inlineData: { mimeType: 'image/gif', data: 'R0lG' } }),
		/Unsupported MIME type/
	]
];
test.each(spoilt)('the stand-in refuses %s', async (_, spoil, why) => {
	spoil();
	expect(await post()).toMatch(new RegExp(`^400 [^]*${why.source}`));
	expect(gemini.refusals()).toHaveLength(1);
});

test('the stand-in has no other version, no other model, and no turn that no script has', async () => {
	expect(await post(`/v1/models/${MODEL}:streamGenerateContent?alt=sse`)).toMatch(/^404/);
	expect(await post('/v1beta/models/llama:streamGenerateContent?alt=sse')).toMatch(/^404.*llama/s);
	expect(await post(`/v1beta/models/${MODEL}:streamGenerateContent`)).toMatch(/^404/);
	gemini.script('', { text: ['only one turn'] });
	expect(await post()).toMatch(/^400.*no turn 2/s);
});

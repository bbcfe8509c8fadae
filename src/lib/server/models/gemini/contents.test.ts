import { describe, expect, test } from 'vitest';
import type { Message } from '../model';
import { FOREIGN_SIGNATURE, toContents } from './contents';
import { fitMedia } from './fit';
import { foldPart } from './wire';

const model = 'gemini-3.8-flash';
const own = { model, unsigned: () => false };
const said = (text: string): Message => ({ role: 'user', text });

function turn(more: Partial<Extract<Message, { role: 'model' }>>): Message {
	const empty = { provider: 'openai', model: 'llama', wire: {}, text: '', calls: [] };
	return { role: 'model', ...empty, ...more };
}

describe('turns of other models', () => {
	const calls = [
		{ id: 'x', name: 'read_file', arguments: { filename: 'a' } },
		{ id: 'y', name: 'read_file', arguments: 'not an object' }
	];
	const results = [
		{ call_id: 'y', name: 'read_file', ok: false, result: { error: 'no' } },
		{ call_id: 'x', name: 'read_file', ok: true, result: 'yes' }
	];

	test('become text and calls whose signature is skipped, answered in the order of the calls', () => {
		const history = [
			said('Hi'),
			turn({ text: 'Well', calls }),
			{ role: 'tool', results } as Message
		];
		expect(toContents(history, own)).toEqual([
			{ role: 'user', parts: [{ text: 'Hi' }] },
			{
				role: 'model',
				parts: [
					{ text: 'Well' },
					{
						functionCall: { id: 'x', name: 'read_file', args: { filename: 'a' } },
						thoughtSignature: FOREIGN_SIGNATURE
					},
					{ functionCall: { id: 'y', name: 'read_file', args: { input: 'not an object' } } }
				]
			},
			{
				role: 'user',
				parts: [
					{ functionResponse: { id: 'x', name: 'read_file', response: { output: 'yes' } } },
					{ functionResponse: { id: 'y', name: 'read_file', response: { error: 'no' } } }
				]
			}
		]);
	});

	test('are those of another Gemini model, too: its thoughts and signatures are left out', () => {
		const wire = {
			content: {
				role: 'model',
				parts: [
					{ text: 'Hm.', thought: true },
					{ text: 'Well', thoughtSignature: 'c2ln' }
				]
			}
		};
		const other = turn({ provider: 'gemini', model: 'gemini-3.6-flash', wire, text: 'Well' });
		const [, content] = toContents([said('Hi'), other, said('Go on')], own);
		expect(content).toEqual({ role: 'model', parts: [{ text: 'Well' }] });
		const same = turn({ provider: 'gemini', model, wire, text: 'Well' });
		expect(toContents([said('Hi'), same, said('Go on')], own)[1]).toEqual(wire.content);
	});

	test('leave no empty content, and the last word is never the model’s', () => {
		expect(toContents([said('Hi'), turn({}), said('Hi again')], own)).toEqual([
			{ role: 'user', parts: [{ text: 'Hi' }] },
			{ role: 'user', parts: [{ text: 'Hi again' }] }
		]);
		expect(toContents([said('Hi'), turn({ text: 'Well' })], own).at(-1)?.role).toBe('user');
	});
});

test('a call that nobody answered, and pictures that Gemini does not take, are told', () => {
	const calls = ['x', 'y'].map((id) => ({ id, name: 'read_file', arguments: {} }));
	const media = [{ mimeType: 'image/gif', base64: 'R0lG' }];
	const results = [{ call_id: 'x', name: 'read_file', ok: true, result: 1, media }];
	const history: Message[] = [said('Hi'), turn({ calls }), { role: 'tool', results }];
	const parts = toContents(history, own)[2]?.parts ?? [];
	expect(parts.map((part) => part.functionResponse)).toEqual([
		{ id: 'x', name: 'read_file', response: { output: 1, note: expect.stringContaining('gif') } },
		{ id: 'y', name: 'read_file', response: { error: expect.any(String) } }
	]);
});

test('a result with more than its error is told whole', () => {
	const calls = [{ id: 'x', name: 'execute_python', arguments: {} }];
	const result = { ok: false, stdout: 'so far', error: 'Traceback' };
	const results = [{ call_id: 'x', name: 'execute_python', ok: false, result }];
	const history: Message[] = [said('Hi'), turn({ calls }), { role: 'tool', results }];
	expect(toContents(history, own)[2]?.parts?.[0]?.functionResponse?.response).toEqual({
		error: result
	});
});

test('text is joined only with text of its kind, never across a signature', () => {
	const parts: Parameters<typeof foldPart>[0] = [];
	for (const part of [
		{ text: 'a', thought: true },
		{ text: 'b', thought: true },
		{ text: '' },
		{ text: 'c' },
		{ text: 'd' },
		{ text: 'e', thoughtSignature: 'c2ln' },
		{ text: 'f' },
		{ text: '', thoughtSignature: 'bmFs' },
		{ text: '' }
	])
		foldPart(parts, part);
	expect(parts).toEqual([
		{ text: 'ab', thought: true },
		{ text: 'cd' },
		{ text: 'e', thoughtSignature: 'c2ln' },
		{ text: 'f' },
		{ text: '', thoughtSignature: 'bmFs' }
	]);
});

test('of too many pictures the oldest give way, and that is said in their place', () => {
	const inlineData = { mimeType: 'image/png', data: 'x'.repeat(40) };
	const answer = { id: '1', name: 'read_file', response: { output: 1 }, parts: [{ inlineData }] };
	const contents = [
		{ role: 'user', parts: [{ text: 'Hi' }, { inlineData }] },
		{ role: 'user', parts: [{ functionResponse: answer }] },
		{ role: 'user', parts: [{ functionResponse: answer }] }
	];
	expect(fitMedia(contents, 120)).toEqual(contents);
	const [first, second, third] = fitMedia(contents, 79);
	expect(third).toEqual(contents[2]);
	expect(second?.parts?.[0]?.functionResponse).toEqual({
		id: '1',
		name: 'read_file',
		response: { output: 1, note: expect.stringContaining('again') }
	});
	expect(first?.parts?.[1]?.text).toContain('again');
});

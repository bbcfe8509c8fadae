import { expect, test } from 'vitest';
import { systemText } from '../models/instructions';
import type { Message } from '../models/model';
import { promptTokens } from './prompt-size';

const agent = { id: 'a', role: 'worker', prompt: 'Do.' };
const frame = Math.ceil(systemText(agent).length / 4) + 1;
const sizeOf = (...messages: Message[]) =>
	promptTokens({ agent, messages, tools: [] }, null) - frame;

test('a prompt is about a token for four bytes of all that is sent', () => {
	expect(sizeOf({ role: 'user', text: 'x'.repeat(400) })).toBe(100);
	expect(sizeOf({ role: 'user', text: '日'.repeat(400) })).toBe(300);
	const tools = [{ name: 't', description: 'x'.repeat(4000), parameters: {} }];
	expect(promptTokens({ agent, messages: [], tools }, null)).toBeGreaterThan(1000);
});

test('images and pages count a fixed amount, whatever their bytes', () => {
	const image = { name: '', mimeType: 'image/png', base64: 'x'.repeat(1_000_000) };
	const pdf = { name: '', mimeType: 'application/pdf', base64: 'x'.repeat(250_000) };
	expect(sizeOf({ role: 'user', text: '', attachments: [image, pdf] })).toBe(1600 + 3 * 1600);
	const result = { call_id: 'c', name: 'read_file', ok: true, result: {}, media: [image] };
	expect(sizeOf({ role: 'tool', results: [result] })).toBe(1601);
});

test('what the model has counted itself is not estimated again', () => {
	const messages: Message[] = [
		{ role: 'user', text: 'x'.repeat(1_000_000) },
		{ role: 'model', provider: 'p', model: 'm', wire: {}, text: '', calls: [] },
		{
			role: 'tool',
			results: [{ call_id: 'c', name: 't', ok: true, result: 'x'.repeat(398) }]
		}
	];
	const counted = { input_tokens: 5000, output_tokens: 9000, cost_usd: null };
	expect(promptTokens({ agent, messages, tools: [] }, counted)).toBe(5101);
	const silent = { input_tokens: 0, output_tokens: 0, cost_usd: null };
	expect(promptTokens({ agent, messages, tools: [] }, silent)).toBeGreaterThan(250_000);
});

import { describe, expect, it } from 'vitest';
import { DATA_PROFILE } from '../../workflows/data-profile';
import { createOffSandbox } from '../../sandbox/off';
import type { Message } from '../model';
import { createAnalyst } from './analyst';
import { deliverablesOf } from './deliverables';
import { javascriptFor } from './programs';
import { createBench, takeTurn } from './testing';

const ALL = ['list_files', 'read_file', 'write_file', 'execute_python', 'execute_javascript'];
const off = createOffSandbox('Code tools are off: SANDBOX=off.');
const CSV = 'city,temp\nOslo,3.5\nRome,18\nCairo,28\n';

describe('what a prompt asks for', () => {
	it('is what it says to write, not what it says to read or embed', () => {
		const prompts = DATA_PROFILE.agents;
		expect(prompts.map(({ prompt }) => deliverablesOf(prompt))).toEqual([
			['profile'],
			['charts'],
			['quality'],
			['report']
		]);
	});

	it('is everything when it names nothing', () => {
		expect(deliverablesOf('Look into this.')).toEqual(['profile', 'charts', 'quality', 'report']);
	});
});

describe('the analyst without a sandbox', () => {
	it('writes an honest report of what read_file shows', async () => {
		const bench = await createBench({ 'cities.csv': CSV }, off);
		const { answer } = await bench.step(
			{ id: 'a', prompt: 'Analyse.', tools: ALL },
			'temp by city'
		);
		const outputs = await bench.outputs();
		await bench.remove();
		expect([...outputs.keys()].sort()).toEqual([
			'profile.json',
			'quality.md',
			'report.md',
			'summary.csv'
		]);
		expect(outputs.get('report.md')?.toString()).toContain(
			'**cities.csv** has 3 rows and 2 columns'
		);
		expect(answer).toContain('I could not run code: the code tool failed (Code tools are off');
		expect(answer).toContain('Charts need code, so there are none.');
	});

	it('says that a long file was seen only in part', async () => {
		const rows = Array.from({ length: 20_000 }, (_, i) => `town ${i},${i % 40}`);
		const bench = await createBench({ 'long.csv': `city,temp\n${rows.join('\n')}\n` }, off);
		await bench.step({ id: 'a', prompt: 'Analyse.', tools: ALL }, '');
		const report = (await bench.outputs()).get('report.md')?.toString() ?? '';
		await bench.remove();
		expect(report).toContain('Sampled: the file has');
		expect(report).toContain('its beginning');
	});

	it('writes nothing and says why when it may not read either', async () => {
		const bench = await createBench({ 'cities.csv': CSV }, off);
		const { answer } = await bench.step({ id: 'a', prompt: 'Analyse.', tools: ['list_files'] }, '');
		expect(await bench.outputs()).toEqual(new Map());
		await bench.remove();
		expect(answer).toContain('read_file is not granted');
	});

	it('only answers when nothing is attached', async () => {
		const bench = await createBench({}, off);
		const { answer } = await bench.step({ id: 'a', prompt: 'Analyse.', tools: ALL }, 'Do it.');
		expect(await bench.outputs()).toEqual(new Map());
		await bench.remove();
		expect(answer).toContain('Nothing is attached');
	});

	it('ends with a statement for files that it cannot read', async () => {
		const bench = await createBench({ 'x.bin': new Uint8Array([0, 1, 2, 0]) }, off);
		const { answer } = await bench.step({ id: 'a', prompt: 'Analyse.', tools: ALL }, '');
		await bench.remove();
		expect(answer).toContain('I could not read any of the files');
	});
});

describe('the analyst as a model', () => {
	it('R16 continues from any point of the history exactly as it would have gone on', async () => {
		const bench = await createBench({ 'cities.csv': CSV }, off);
		const agent = { id: 'a', prompt: 'Analyse.' };
		const { messages, answer } = await bench.step({ ...agent, tools: ALL }, 'temp');
		await bench.remove();
		const tools = ALL.map((name) => ({ name, description: '', parameters: {} }));
		for (const [at, message] of messages.entries()) {
			if (message.role !== 'model') continue;
			const history: Message[] = messages.slice(0, at);
			await takeTurn(createAnalyst(), agent, history, tools);
			expect(history.at(-1)).toEqual(message);
		}
		expect(answer).toContain('Built-in analyst: I profile data with fixed rules');
	});

	it('ends every turn once, with no tokens and no cost', async () => {
		const request = {
			agent: { id: 'a', role: 'worker', prompt: 'x' },
			messages: [{ role: 'user' as const, text: 'x' }],
			tools: []
		};
		const parts = [];
		for await (const part of createAnalyst().streamTurn(request, new AbortController().signal))
			parts.push(part);
		const ends = parts.filter((part) => part.type === 'end');
		expect(ends).toHaveLength(1);
		expect(ends[0]).toMatchObject({ usage: { input_tokens: 0, output_tokens: 0, cost_usd: 0 } });
	});

	it('R17 stops when it is aborted', async () => {
		const request = { agent: { id: 'a', role: 'worker', prompt: 'x' }, messages: [], tools: [] };
		const parts = createAnalyst().streamTurn(request, AbortSignal.abort());
		await expect(parts[Symbol.asyncIterator]().next()).rejects.toThrow();
	});
});

describe('programs', () => {
	it('become one module without imports or exports, well below the size a tool takes', () => {
		for (const task of ['profile', 'quality', 'report'] as const) {
			const code = javascriptFor(task, { profile: 'profile.json', directive: '"`${x}`' });
			expect(code).not.toMatch(/^(import|export)\s/m);
			expect(() => new Function(code)).not.toThrow();
			expect(code.length).toBeLessThan(200_000);
		}
	});
});

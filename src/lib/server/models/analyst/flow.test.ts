import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLES } from '../../library/samples/samples';
import { localSandboxFor } from '../../sandbox/testing';
import type { LocalSandbox } from '../../sandbox/local';
import { DATA_PROFILE } from '../../workflows/data-profile';
import { createBench } from './testing';

const dataset = (name: string) => readFile(path.resolve('node_modules/vega-datasets/data', name));
let sandbox: LocalSandbox | null = null;

beforeAll(async () => {
	sandbox = (await localSandboxFor('wrapped')) ?? (await localSandboxFor('plain'));
}, 120_000);
afterAll(async () => sandbox?.stop());

async function profileWith(inputs: Record<string, string | Uint8Array>, directive: string) {
	if (!sandbox) throw new Error('no sandbox');
	const bench = await createBench(inputs, sandbox);
	const agents = DATA_PROFILE.agents;
	const answers = await bench.workflow(agents, directive);
	const outputs = await bench.outputs();
	await bench.remove();
	return { answers, outputs };
}

describe('the data-profile workflow in the real sandbox', () => {
	it('turns seattle-weather.csv into profile, summary, charts, quality and a report that embeds them', async (context) => {
		if (!sandbox) return context.skip('no local sandbox on this machine');
		const inputs = { 'seattle-weather.csv': await dataset('seattle-weather.csv') };
		const directive = 'How does the wind change over the year?';
		const { answers, outputs } = await profileWith(inputs, directive);
		const names = [...outputs.keys()];
		expect(names).toEqual(
			expect.arrayContaining(['profile.json', 'summary.csv', 'quality.md', 'report.md'])
		);
		const report = outputs.get('report.md')?.toString() ?? '';
		const charts = names.filter((name) => name.endsWith('.png'));
		expect(charts.length).toBeGreaterThanOrEqual(6);
		for (const chart of charts) {
			expect(report).toContain(`](${chart})`);
			expect(outputs.get(chart)?.subarray(1, 4).toString()).toBe('PNG');
		}
		expect(report).toContain('1,461 rows');
		expect(names.find((name) => name.startsWith('chart-01'))).toContain('wind');
		expect(answers.profiler).toContain('Built-in analyst');
		const again = await profileWith(inputs, directive);
		expect([...again.outputs.keys()]).toEqual(names);
		for (const name of names)
			expect(again.outputs.get(name)?.equals(outputs.get(name) ?? Buffer.of())).toBe(true);
	}, 180_000);

	it('does the whole analysis in one step for a prompt that names no file', async (context) => {
		if (!sandbox) return context.skip('no local sandbox on this machine');
		const sample = SAMPLES.find(({ name }) => name === 'coffee-shop-sales.csv');
		const bench = await createBench({ 'coffee-shop-sales.csv': sample?.content ?? '' }, sandbox);
		const tools = ['list_files', 'read_file', 'write_file', 'execute_python', 'execute_javascript'];
		const { answer } = await bench.step(
			{ id: 'one', prompt: 'Analyse this.', tools },
			'Which shop sells most?'
		);
		const outputs = await bench.outputs();
		await bench.remove();
		expect([...outputs.keys()]).toEqual(
			expect.arrayContaining(['profile.json', 'summary.csv', 'quality.md', 'report.md'])
		);
		expect(answer).toContain('I wrote report.md');
	}, 120_000);

	it('draws with JavaScript where Python is not granted', async (context) => {
		if (!sandbox) return context.skip('no local sandbox on this machine');
		const bench = await createBench({ 'penguins.json': await dataset('penguins.json') }, sandbox);
		const tools = ['list_files', 'execute_javascript'];
		const prompt = 'Save each chart as chart-01-<topic>.png.';
		const { answer } = await bench.step({ id: 'charts', prompt, tools }, '');
		const outputs = await bench.outputs();
		await bench.remove();
		const charts = [...outputs.keys()].filter((name) => name.endsWith('.png'));
		expect(charts).toHaveLength(8);
		expect(answer).toContain('I drew 8 charts');
		expect(answer).not.toContain('could not be drawn');
	}, 120_000);
});

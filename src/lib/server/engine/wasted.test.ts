import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientId } from '../../domain/ids';
import { ModelError, type ModelPart, type Usage } from '../models/model';
import { gate, openStage, request, say, until } from './testing';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

const took = (input_tokens: number, output_tokens = 0, cost_usd: number | null = null): Usage => ({
	input_tokens,
	output_tokens,
	cost_usd
});

/** An answer that the service counts, and that fails. */
function* failing(usage: Usage, code: string, retryable: boolean): Generator<ModelPart> {
	yield { type: 'text', text: 'half' };
	yield { type: 'progress', usage };
	throw new ModelError(code, 'It came to nothing.', retryable);
}

test('R18 what attempts took that came to nothing counts, with the money', async () => {
	let tries = 0;
	const engine = stage.openEngine({
		scripts: {
			a: () => {
				tries += 1;
				return tries === 1
					? failing(took(100, 10, 0.25), 'model_empty', true)
					: say('a', took(100, 20, 0.5));
			},
			b: () => failing(took(30, 7, 1), 'model_output_limit', false)
		}
	});
	const run = await engine.start(client, request({ a: [], b: ['a'] }));
	const state = await engine.over(client, run);
	expect(state.steps).toMatchObject([
		{ status: 'completed', input_tokens: 200, output_tokens: 30, cost_usd: 0.75 },
		{ status: 'failed', input_tokens: 30, output_tokens: 7, cost_usd: 1 }
	]);
	expect(state.total_tokens_used).toBe(267);
	expect(engine.view(run).total_tokens_used).toBe(267);
});

test('R18 what an attempt took that is repeated is on disk before the next one begins', async () => {
	const again = gate();
	let tries = 0;
	const engine = stage.openEngine({
		scripts: {
			a: async function* () {
				tries += 1;
				if (tries === 1) yield* failing(took(9000), 'model_empty', true);
				again.open();
				yield* await new Promise<ModelPart[]>(() => undefined);
			}
		}
	});
	const run = await engine.start(client, request({ a: [] }, { max_token_budget: 10_000 }));
	await again.opened;
	const [step] = (await engine.runs.state(client, run)).steps;
	expect(step).toMatchObject({ status: 'running', input_tokens: 9000 });
	const notes = engine.view(run).steps[0]?.transcript.map((item) => item.kind);
	expect(notes).toContain('log');
	expect(JSON.stringify(engine.log(run))).toContain('80 % of');
	await engine.stop(client, run);
	await engine.over(client, run);
});

test('R17 R18 what a turn took until it was stopped counts', async () => {
	const begun = gate();
	const engine = stage.openEngine({
		scripts: {
			a: async function* () {
				yield { type: 'progress', usage: took(100, 10) };
				begun.open();
				yield* await new Promise<ModelPart[]>(() => undefined);
			}
		}
	});
	const run = await engine.start(client, request({ a: [] }));
	await begun.opened;
	await new Promise((resolve) => setImmediate(resolve));
	await engine.stop(client, run);
	expect(await engine.over(client, run)).toMatchObject({
		status: 'cancelled',
		total_tokens_used: 110
	});
});

test('R18 R19 what a turn took that the end of the server broke off counts after the restart', async () => {
	const begun = gate();
	const first = stage.openEngine({
		scripts: {
			a: async function* () {
				yield { type: 'progress', usage: took(100, 10) };
				begun.open();
				yield* await new Promise<ModelPart[]>(() => undefined);
			}
		}
	});
	const run = await first.start(client, request({ a: [] }));
	await begun.opened;
	await new Promise((resolve) => setImmediate(resolve));
	await first.close();
	const second = stage.openEngine({ scripts: { a: () => say('a', took(100, 20)) } });
	await second.open();
	expect(await second.over(client, run)).toMatchObject({
		status: 'completed',
		total_tokens_used: 230
	});
});

test('R18 an attempt that came to nothing leaves less for the next one, or none', async () => {
	const bounds: (number | undefined)[] = [];
	const engine = stage.openEngine({
		retryDelaysMs: [1, 1, 1],
		scripts: {
			a: ({ request: { maxOutputTokens } }) => {
				bounds.push(maxOutputTokens);
				return failing(took(2000, 2000), 'model_empty', true);
			}
		}
	});
	const run = await engine.start(client, request({ a: [] }, { max_token_budget: 9000 }));
	const state = await engine.over(client, run);
	expect(state.error?.code).toBe('token_budget');
	expect(bounds).toHaveLength(3);
	expect(bounds[1]).toBe((bounds[0] ?? 0) - 4000);
	expect(state.total_tokens_used).toBe(12_000);
});

test('R18 it is said once when a service does not count, so that no budget can be kept', async () => {
	const engine = stage.openEngine({
		prices: { 'script:one': { input: 1, output: 1 } },
		scripts: { a: () => say('a', took(0)), b: () => say('b', took(0)) }
	});
	const warnings = (run: Parameters<typeof engine.log>[0]) =>
		engine.log(run).filter(({ type, data }) => {
			return type === 'log' && 'level' in data && data.level === 'warn';
		});
	for (const limits of [{ max_cost_usd: 1 }, { max_token_budget: 90_000 }]) {
		const run = await engine.start(client, request({ a: [], b: ['a'] }, limits));
		expect((await engine.over(client, run)).status).toBe('completed');
		expect(warnings(run)).toMatchObject([
			{ data: { message: expect.stringContaining('does not say how many tokens') } }
		]);
	}
	const free = await engine.start(client, request({ a: [] }));
	await engine.over(client, free);
	expect(warnings(free)).toEqual([]);
});

test('R18 steps that wait for the budget hold their places, and neither run nor client stands still', async () => {
	const config = { MAX_PARALLEL_STEPS: 2, MAX_ACTIVE_RUNS: 2, MAX_ACTIVE_RUNS_PER_CLIENT: 2 };
	let atOnce = 0;
	let most = 0;
	const slow = async function* () {
		most = Math.max(most, (atOnce += 1));
		try {
			await new Promise((resolve) => setImmediate(resolve));
			yield* say('done', took(200, 100));
		} finally {
			atOnce -= 1;
		}
	};
	const names = ['a', 'b', 'c', 'd', 'e', 'f'];
	const engine = stage.openEngine({
		config,
		scripts: Object.fromEntries(names.map((name) => [name, slow]))
	});
	const graph = Object.fromEntries(names.map((name) => [name, []]));
	const tight = await engine.start(client, request(graph, { max_token_budget: 6000 }));
	const other = await engine.start(client, request({ x: [], y: ['x'] }));
	const rest = await engine.start(client, request({ z: [] }));
	for (const run of [tight, other, rest])
		expect((await engine.over(client, run)).status).toBe('completed');
	await until(() => atOnce === 0);
	expect(most).toBe(1);
});

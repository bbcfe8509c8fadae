import { afterEach, beforeEach, expect, test } from 'vitest';
import { DomainError } from '../../domain/errors';
import type { ClientId } from '../../domain/ids';
import { ModelError, type ModelPart, type Usage } from '../models/model';
import { call, gate, mortal, openStage, request, say, tool, until, type Script } from './testing';

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
const price = { input: 1, output: 10 };
const prices = { 'script:one': price, 'builtin:analyst': { input: 0, output: 0 } };
const write: [string, unknown] = ['write_file', { filename: 'x.txt', content: 'x' }];

test('R18 a model is told what the budget leaves for its answer, and the log what the limits are', async () => {
	const bounds: (number | undefined)[] = [];
	const engine = stage.openEngine({
		prices,
		scripts: {
			a: ({ turn, request: { maxOutputTokens } }) => {
				bounds.push(maxOutputTokens);
				return turn === 1 ? call(write, took(2000, 1000)) : say('done', took(3000, 10));
			}
		}
	});
	const limits = { max_token_budget: 10_000, max_cost_usd: 5 };
	const run = await engine.start(client, request({ a: [] }, limits));
	expect((await engine.over(client, run)).status).toBe('completed');
	expect(bounds[0]).toBeGreaterThan(9000);
	expect(bounds[0]).toBeLessThan(10_000);
	// 3000 are used, and the second prompt is the first one and what was said since.
	expect(bounds[1]).toBeGreaterThan(4900);
	expect(bounds[1]).toBeLessThan(5000);
	expect(engine.view(run)).toMatchObject(limits);
	const free = await engine.start(client, request({ a: [] }));
	await engine.over(client, free);
	expect(bounds.slice(2)).toEqual([undefined, undefined]);
});

test('R18 parallel steps share the budget: what fits only afterwards waits', async () => {
	const hold = gate();
	const begun = gate();
	const holds: Script = async function* ({ request: { agent } }) {
		begun.open();
		await hold.opened;
		yield* say(agent.id, took(200, 100));
	};
	const engine = stage.openEngine({ scripts: { a: holds, b: holds } });
	const run = await engine.start(client, request({ a: [], b: [] }, { max_token_budget: 6000 }));
	await begun.opened;
	const running = () => engine.view(run).steps.every((step) => step.status === 'running');
	await until(running);
	await new Promise((resolve) => setImmediate(resolve));
	expect(stage.asked).toHaveLength(1);
	hold.open();
	expect((await engine.over(client, run)).status).toBe('completed');
	expect(stage.asked).toHaveLength(2);
});

test('R17 stopping a run lets a step go that waits for the budget', async () => {
	const begun = gate();
	const engine = stage.openEngine({
		scripts: {
			a: async function* () {
				begun.open();
				yield* await new Promise<ModelPart[]>(() => undefined);
			}
		}
	});
	const run = await engine.start(client, request({ a: [], b: [] }, { max_token_budget: 5000 }));
	await begun.opened;
	await until(() => engine.view(run).steps.every((step) => step.status === 'running'));
	await engine.stop(client, run);
	expect((await engine.over(client, run)).status).toBe('cancelled');
	expect(stage.asked).toEqual(['a:1']);
});

test('R18 at the end of the budget nothing new starts, calls in flight finish, and outputs are kept', async () => {
	const hold = gate();
	const inFlight = gate();
	const engine = stage.openEngine({
		scripts: {
			slow: async function* () {
				inFlight.open();
				await hold.opened;
				yield* say('the answer', took(300, 200));
			},
			greedy: async function* ({ turn }) {
				await inFlight.opened;
				yield* turn === 1 ? call(write, took(500, 500)) : call(write, took(1000, 20_000));
			}
		}
	});
	const run = await engine.start(
		client,
		request(
			{ slow: [], greedy: [], after: ['slow'], last: ['after'] },
			{ max_token_budget: 20_000 }
		)
	);
	await until(() => engine.view(run).steps.some((step) => step.status === 'failed'));
	hold.open();
	const state = await engine.over(client, run);
	expect(state.status).toBe('failed');
	expect(state.error?.code).toBe('token_budget');
	expect(state.error?.message).toContain(
		"The run's budget of 20000 tokens is used up (22000 tokens"
	);
	const [slow, greedy] = state.steps;
	expect(slow).toMatchObject({ status: 'completed', answer: 'the answer', output_tokens: 200 });
	expect(greedy).toMatchObject({ status: 'failed', turns: 2, output_tokens: 20_500 });
	expect(greedy?.error?.code).toBe('token_budget');
	expect(state.skipped_agents).toEqual(['after', 'last']);
	expect(state.steps[2]?.error?.code).toBe('token_budget');
	const { artifacts } = await engine.artifacts.get(client, run);
	expect(artifacts).toMatchObject([{ filename: 'x.txt', version: 1 }]);
	expect(stage.asked).toHaveLength(3);
});

test('R18 a call for which there is no room fails the step with what it needs', async () => {
	const engine = stage.openEngine();
	const run = await engine.start(client, request({ a: [], b: ['a'] }, { max_token_budget: 300 }));
	const state = await engine.over(client, run);
	expect(state.error?.code).toBe('token_budget');
	expect(state.steps[0]?.error?.message).toMatch(
		/^The run's budget of 300 tokens does not bear the next call of "a", which needs \d+ tokens \(0 tokens used\)\.$/
	);
	expect(stage.asked).toEqual([]);
});

test('R18 an answer that was cut off where the budget ended is told so', async () => {
	const cutOff = () => {
		throw new ModelError('model_output_limit', 'The answer was cut off.', false);
	};
	const engine = stage.openEngine({ scripts: { a: cutOff } });
	const tight = await engine.start(client, request({ a: [] }, { max_token_budget: 2000 }));
	expect((await engine.over(client, tight)).error?.code).toBe('token_budget');
	const wide = await engine.start(client, request({ a: [] }, { max_token_budget: 50_000 }));
	expect((await engine.over(client, wide)).steps[0]?.error?.code).toBe('model_output_limit');
});

test('R18 a failed call gives back what was set aside for it', async () => {
	let tries = 0;
	const engine = stage.openEngine({
		scripts: {
			a: () => {
				throw new ModelError('model_refused', 'No.', false);
			},
			b: function* () {
				tries += 1;
				if (tries === 1) throw new ModelError('model_unavailable', 'Busy.', true);
				yield* say('b');
			}
		}
	});
	const run = await engine.start(client, request({ a: [], b: [] }, { max_token_budget: 5000 }));
	expect((await engine.over(client, run)).completed_agents).toEqual(['b']);
});

test('R18 a limit in dollars needs models with a price, and names the agent without one', async () => {
	const engine = stage.openEngine({ prices: { 'builtin:analyst': { input: 0, output: 0 } } });
	const asked = request({ a: [], b: [] }, { max_cost_usd: 1 });
	const [a] = asked.agents ?? [];
	if (a) a.model = 'builtin:analyst';
	const refused = await engine.start(client, asked).catch((error: unknown) => error);
	expect(refused).toBeInstanceOf(DomainError);
	expect(refused).toMatchObject({
		code: 'invalid',
		details: [{ agent_id: 'b', problem: 'unpriced_model' }]
	});
	expect(String(refused)).toContain('script:one');
	expect((await engine.runs.list(client, {})).runs).toEqual([]);
});

test('R18 R21 a limit in dollars ends the run, and resuming says why it cannot', async () => {
	const engine = stage.openEngine({
		prices,
		scripts: { a: () => call(write, took(100, 100, 0.05)) }
	});
	const run = await engine.start(client, request({ a: [], b: ['a'] }, { max_cost_usd: 0.05 }));
	const state = await engine.over(client, run);
	expect(state.error).toMatchObject({ code: 'cost_budget' });
	expect(state.error?.message).toContain('budget of $0.05 is used up ($0.05 used)');
	expect(state.skipped_agents).toEqual(['b']);
	await expect(engine.resume(client, run)).rejects.toMatchObject({ code: 'conflict' });
});

test('R18 what earlier attempts have used counts when the run is resumed', async () => {
	let broken = true;
	const engine = stage.openEngine({
		scripts: {
			a: ({ turn }) => {
				if (!broken || turn === 1) return call(write, took(500, 2000));
				throw new ModelError('model_refused', 'Not now.', false);
			}
		}
	});
	const run = await engine.start(client, request({ a: [] }, { max_token_budget: 7000 }));
	expect((await engine.over(client, run)).total_tokens_used).toBe(2500);
	broken = false;
	await engine.resume(client, run);
	const state = await engine.over(client, run);
	expect(state.error?.code).toBe('token_budget');
	expect(state.total_tokens_used).toBe(7500);
});

test('R18 the built-in analyst is never held up by a budget', async () => {
	const engine = stage.openEngine({
		prices,
		scripts: { a: ({ turn }) => (turn === 1 ? call(write, took(0)) : say('done', took(0))) }
	});
	const asked = request({ a: [] }, { max_token_budget: 1, max_cost_usd: 0.000001 });
	for (const agent of asked.agents ?? []) agent.model = 'builtin:analyst';
	const run = await engine.start(client, asked);
	expect((await engine.over(client, run)).status).toBe('completed');
});

test('R18 it is said once that 80 % are used, also when the server goes down after it', async () => {
	const reached = gate();
	const life = mortal(stage.db);
	const scripts: Record<string, Script> = {
		a: ({ turn }) =>
			turn === 1 ? call(['list_files', {}], took(100, 8400)) : say('a', took(99, 1)),
		b: () => say('b', took(100, 100))
	};
	const hang = () => {
		reached.open();
		return new Promise<never>(() => undefined);
	};
	const first = stage.openEngine(
		{ killed: true, scripts, tools: [tool('list_files', hang)] },
		life.db
	);
	const limits = { tools: ['list_files'], max_token_budget: 10_000 };
	const run = await first.start(client, request({ a: [], b: ['a'] }, limits));
	await reached.opened;
	const said = [
		{ level: 'warn', message: "80 % of the run's budget of 10000 tokens is used (8500 tokens)." }
	];
	expect(first.view(run).notes).toMatchObject(said);
	life.kill();
	const done = { ok: true, result: {}, writes: [], refused: [] };
	const second = stage.openEngine({ scripts, tools: [tool('list_files', async () => done)] });
	await second.open();
	expect(await second.over(client, run)).toMatchObject({
		status: 'completed',
		total_tokens_used: 8800
	});
	expect(second.view(run).notes).toMatchObject(said);
});

test('R18 R23 delegated agents spend the same budget', async () => {
	const made = { relation: 'child', agents: [{ id: 'x', prompt: 'Do.' }] };
	const engine = stage.openEngine({
		scripts: {
			a: ({ turn }) =>
				turn === 1 ? call(['delegate', made], took(10, 100)) : say('ok', took(110, 4000))
		}
	});
	const asked = request({ a: [] }, { max_token_budget: 4500 });
	for (const agent of asked.agents ?? []) agent.allow_delegation = true;
	const run = await engine.start(client, asked);
	const state = await engine.over(client, run);
	expect(state.completed_agents).toEqual(['a']);
	expect(state.error?.code).toBe('token_budget');
	expect(state.steps[1]?.error?.message).toContain('next call of "x"');
});

test('R23 with a limit in dollars, an agent whose model has no price is not made', async () => {
	const results: unknown[] = [];
	const made = { relation: 'child', agents: [{ id: 'x', prompt: 'Do.' }] };
	const engine = stage.openEngine({
		prices: { 'builtin:analyst': { input: 0, output: 0 } },
		scripts: {
			a: ({ turn, request: { messages } }) => {
				const last = messages.at(-1);
				if (last?.role === 'tool') results.push(last.results[0]?.result);
				return turn === 1 ? call(['delegate', made], took(0)) : say('ok', took(0));
			}
		}
	});
	const asked = request({ a: [] }, { max_cost_usd: 1 });
	for (const agent of asked.agents ?? [])
		Object.assign(agent, { allow_delegation: true, model: 'builtin:analyst' });
	const run = await engine.start(client, asked);
	expect((await engine.over(client, run)).status).toBe('completed');
	expect(JSON.stringify(results)).toContain('Agent \\"x\\" cannot work with');
});

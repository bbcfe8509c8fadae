import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientId, RunId } from '../../domain/ids';
import type { RunState } from '../../domain/run';
import { call, openStage, request, say, type Script } from './testing';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

/** a → b → d, c on its own. */
const GRAPH = { a: [], b: ['a'], c: [], d: ['b'] };
const fails: Script = () => {
	throw new Error('broken');
};

/** Says which attempt it is, and writes a file of that content. */
function counting(): Script {
	let attempt = 0;
	return ({ turn }) => {
		if (turn === 1) attempt += 1;
		const content = `attempt ${attempt}`;
		return turn === 1 ? call(['write_file', { filename: 'b.txt', content }]) : say(content);
	};
}

const answers = (state: RunState) =>
	Object.fromEntries(state.steps.map((step) => [step.agent_id, [step.status, step.answer]]));

/** What a person sees of the log is what the rows say. */
function expectReplayed(state: RunState, view: ReturnType<Engine['view']>): void {
	const shown = view.steps.map((step) => ({
		...Object.fromEntries(
			Object.entries(step).filter(
				([key]) =>
					!['role', 'tools', 'depends_on', 'transcript', 'approval', 'attempts'].includes(key)
			)
		)
	}));
	const times = { started_at: expect.anything(), ended_at: expect.anything() };
	expect(shown).toEqual(
		state.steps.map((step) => ({ ...step, ...(step.started_at === null ? {} : times) }))
	);
	expect([view.status, view.last_event]).toEqual([state.status, state.last_event]);
}
type Engine = ReturnType<ReturnType<typeof openStage>['openEngine']>;

async function ended(engine: Engine, graph: Record<string, string[]> = GRAPH): Promise<RunId> {
	const run = await engine.start(client, request(graph));
	await engine.over(client, run);
	return run;
}

describe('R21 retrying one step', () => {
	it('does a completed step and all that depend on it again, and nothing else', async () => {
		const engine = stage.openEngine({ scripts: { b: counting() } });
		const run = await ended(engine);
		const before = await engine.runs.state(client, run);
		stage.asked.length = 0;
		await engine.resume(client, run, 'b');
		const state = await engine.over(client, run);
		expect(stage.asked).toEqual(['b:1', 'b:2', 'd:1']);
		expect(answers(state)).toEqual({ ...answers(before), b: ['completed', 'attempt 2'] });
		expect(state.steps.map(({ agent_id, attempt }) => [agent_id, attempt])).toEqual(
			before.steps.map(({ agent_id }) => [agent_id, 'bd'.includes(agent_id) ? 2 : 1])
		);
		expectReplayed(state, engine.view(run));
	});

	it('keeps what it had made as an earlier version', async () => {
		const engine = stage.openEngine({ scripts: { b: counting() } });
		const run = await ended(engine);
		await engine.resume(client, run, 'b');
		await engine.over(client, run);
		const { artifacts } = await engine.artifacts.get(client, run);
		expect(artifacts.map((a) => [a.filename, a.version, a.agent_id])).toEqual([
			['b.txt', 2, 'b'],
			['b.txt', 1, 'b']
		]);
	});

	it('leaves another failed step as it is', async () => {
		const engine = stage.openEngine({ scripts: { b: fails, c: fails } });
		const run = await ended(engine);
		await engine.close();
		const repaired = stage.openEngine({ scripts: { c: fails } });
		stage.asked.length = 0;
		await repaired.resume(client, run, 'b');
		const state = await repaired.over(client, run);
		expect(stage.asked).toEqual(['b:1', 'd:1']);
		expect(state.status).toBe('failed');
		expect(state.failed_agents).toEqual(['c']);
		expectReplayed(state, repaired.view(run));
	});

	it('shows exactly the chosen steps as waiting once it goes on', async () => {
		const engine = stage.openEngine();
		const run = await ended(engine);
		await engine.resume(client, run, 'b');
		await engine.over(client, run);
		const begun = engine.log(run).filter((event) => event.type === 'run_started');
		expect(begun.map(({ data }) => data)).toEqual([
			expect.not.objectContaining({ resumed: true }),
			expect.objectContaining({ resumed: true, reset: ['b', 'd'] })
		]);
	});

	it('goes on after a restart that came before it began', async () => {
		const first = stage.openEngine();
		const run = await ended(first);
		await first.close();
		await first.resume(client, run, 'd');
		const second = stage.openEngine();
		stage.asked.length = 0;
		await second.open();
		const state = await second.over(client, run);
		expect(stage.asked).toEqual(['d:1']);
		expectReplayed(state, second.view(run));
	});

	it('refuses an agent that is not there, and one that could not start', async () => {
		const engine = stage.openEngine({ scripts: { b: fails } });
		const run = await ended(engine);
		await expect(engine.resume(client, run, 'nobody')).rejects.toMatchObject({
			code: 'invalid',
			details: [expect.objectContaining({ agent_id: 'nobody', problem: 'unknown_agent' })]
		});
		await expect(engine.resume(client, run, 'd')).rejects.toMatchObject({
			code: 'conflict',
			message: expect.stringContaining('Retry "b" instead')
		});
		expect((await engine.runs.state(client, run)).status).toBe('failed');
	});

	it('refuses while the run is active, and a run of somebody else', async () => {
		let go: () => void = () => undefined;
		const opened = new Promise<void>((resolve) => (go = resolve));
		async function* waits() {
			await opened;
			yield* say('b');
		}
		const engine = stage.openEngine({ scripts: { b: waits } });
		const run = await engine.start(client, request(GRAPH));
		await expect(engine.resume(client, run, 'a')).rejects.toMatchObject({ code: 'conflict' });
		go();
		await engine.over(client, run);
		const stranger = await stage.addClient();
		await expect(engine.resume(stranger, run, 'a')).rejects.toMatchObject({ code: 'not_found' });
	});
});

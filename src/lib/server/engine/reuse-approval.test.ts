import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientId, RunId } from '../../domain/ids';
import { decisionSchema, rerunSchema, type Agent } from '../../domain/workflow';
import { call, openStage, request, say, until, type Script } from './testing';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

const script: Script = ({ turn }) =>
	turn === 1 ? call(['write_file', { filename: 'a.txt', content: 'a' }]) : say('done');

async function decided(more: Partial<Agent>, approved: boolean) {
	const engine = stage.openEngine({ scripts: { a: script } });
	const graph = (request({ a: [] }).agents ?? []).map((agent) => ({ ...agent, ...more }));
	const run = await engine.start(client, { ...request({ a: [] }), agents: graph });
	await waiting(engine, run);
	await engine.approve(client, run, decisionSchema.parse({ agent_id: 'a', approved }));
	await engine.over(client, run);
	stage.asked.length = 0;
	return { engine, run };
}

type Engine = ReturnType<typeof stage.openEngine>;
const waiting = (engine: Engine, run: RunId) =>
	until(() => engine.view(run).steps[0]?.status === 'awaiting_approval');

test.each([
	['to begin', { requires_approval: true }],
	['to call a tool', { tools_requiring_approval: ['write_file'] }]
])(
	'R20 R21 a step that was allowed %s is taken over, and nobody is asked again',
	async (_, more) => {
		const { engine, run } = await decided(more, true);
		const again = await engine.rerun(client, run, rerunSchema.parse({}));
		const state = await engine.over(client, again);
		expect(state.steps[0]).toMatchObject({ status: 'completed', reused: { run_id: run } });
		expect(engine.log(again).map((event) => event.type)).not.toContain('approval_requested');
		expect(stage.asked).toEqual([]);
	}
);

test('R20 R21 a step of which a call was refused is done again, and the person is asked again', async () => {
	const { engine, run } = await decided({ tools_requiring_approval: ['write_file'] }, false);
	const again = await engine.rerun(client, run, rerunSchema.parse({}));
	await waiting(engine, again);
	const message = 'Not taken over from the earlier run: a person refused one of its calls there.';
	expect(engine.log(again).map((event) => event.data)).toContainEqual({ level: 'info', message });
	await engine.approve(client, again, decisionSchema.parse({ agent_id: 'a', approved: true }));
	const state = await engine.over(client, again);
	expect(state.status).toBe('completed');
	expect(state.steps[0]?.reused).toBeUndefined();
	expect((await engine.artifacts.get(client, again)).artifacts).toHaveLength(1);
	// There is nothing to tell where nothing was taken over.
	const told = engine.log(again).map((event) => JSON.stringify(event.data));
	expect(told.join()).not.toContain('Reused');
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientId } from '../../domain/ids';
import { decisionSchema } from '../../domain/workflow';
import { openE2b, requests, until, type OpenE2b } from '../sandbox/e2b/testing';
import { createExecuteCode } from '../tools/execute-code';
import { call, openStage, say } from './testing';
import { asking, asks, counted } from './testing-approval';

let stage: ReturnType<typeof openStage>;
let client: ClientId;
let e2b: OpenE2b | null;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
	e2b = await openE2b();
});
afterEach(async () => {
	await stage.close();
	await e2b?.close();
});

test('R20 a run that waits for a person keeps nothing at E2B, and gets a new sandbox after it', async (context) => {
	if (!e2b) return context.skip();
	const { service } = e2b;
	const sandbox = e2b.sandbox();
	const code = (text: string) => call(['execute_python', { code: text }]);
	const engine = stage.openEngine({
		sandbox,
		tools: [createExecuteCode('python', sandbox), counted([])],
		scripts: {
			a: ({ turn }) => {
				if (turn === 1) return code('open("kept.txt", "w").write("kept")');
				if (turn === 2) return call(['list_files', {}]);
				return turn === 3 ? code('open("kept.txt").read(); open("x", "w").write("x")') : say('a');
			}
		}
	});
	const needs = { a: { tools_requiring_approval: ['list_files'] } };
	const tools = ['execute_python', 'list_files'];
	const run = await engine.start(client, asking({ a: [] }, needs, { tools }));
	await asks(engine, run);
	await until(() => service.boxes.size === 0);
	const made = () => requests(service, 'POST', /^\/v2\/sandboxes$/).length;
	expect(made()).toBe(1);
	await engine.approve(client, run, decisionSchema.parse({ agent_id: 'a', approved: true }));
	expect((await engine.over(client, run)).status).toBe('completed');
	expect(made()).toBe(2);
	const { artifacts } = await engine.artifacts.get(client, run);
	expect(artifacts.map(({ filename }) => filename).sort()).toEqual(['kept.txt', 'x']);
	await until(() => service.boxes.size === 0);
});

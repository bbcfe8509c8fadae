import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DomainError } from '../../domain/errors';
import type { ClientId } from '../../domain/ids';
import { call, openStage, request, say, tool, writingTool } from './testing';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

test('R24 R25 what a tool writes is collected, attributed and in the log before the call is finished', async () => {
	const engine = stage.openEngine({
		scripts: {
			a: ({ turn }) =>
				turn === 1
					? call(
							['write_file', { filename: 'one.txt', content: '1' }],
							['write_file', { filename: 'two.txt', content: '2' }]
						)
					: say('written')
		}
	});
	const run = await engine.start(client, request({ a: [] }));
	const state = await engine.over(client, run);
	expect(state.steps[0]).toMatchObject({ turns: 2, tools_used: ['write_file'], answer: 'written' });
	const types = engine.log(run).map((event) => event.type);
	expect(types).toEqual([
		'run_started',
		'step_started',
		'tool_called',
		'artifact_collected',
		'tool_finished',
		'tool_called',
		'artifact_collected',
		'tool_finished',
		'text_delta',
		'step_finished',
		'run_finished'
	]);
	// Whoever watches sees what the step has taken before it ends.
	const called = engine.log(run).flatMap((e) => (e.type === 'tool_called' ? [e.data.used] : []));
	const used = { input_tokens: 10, output_tokens: 5, cost_usd: null };
	expect(called).toEqual([used, used]);
	const kept = await engine.artifacts.get(client, run);
	expect(kept.artifacts.map((a) => [a.filename, a.agent_id]).sort()).toEqual([
		['one.txt', 'a'],
		['two.txt', 'a']
	]);
});

test('R27 steps that write at once each keep their own files', async () => {
	const graph = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`a${i}`, []]));
	const scripts = Object.fromEntries(
		Object.keys(graph).map((id) => [
			id,
			({ turn }: { turn: number }) =>
				turn === 1
					? call(
							...Array.from({ length: 5 }, (_, n): [string, unknown] => [
								'write_file',
								{ filename: `${id}-${n}.txt`, content: `${id} ${n}` }
							])
						)
					: say('ok')
		])
	);
	const engine = stage.openEngine({ scripts, config: { MAX_PARALLEL_STEPS: 8 } });
	const run = await engine.start(client, request(graph));
	expect((await engine.over(client, run)).status).toBe('completed');
	const { artifacts } = await engine.artifacts.get(client, run);
	expect(artifacts).toHaveLength(40);
	for (const { filename, agent_id } of artifacts)
		expect(filename.startsWith(`${agent_id}-`)).toBe(true);
});

test('R15 bad arguments, unknown tools and tools not granted are answers the model can read', async () => {
	const results: unknown[] = [];
	const engine = stage.openEngine({
		tools: [
			writingTool(),
			tool('read_file', () => Promise.reject(new DomainError('invalid', 'No such name.'))),
			tool('list_files', () => Promise.reject(new Error('secret detail')))
		],
		scripts: {
			a: ({ turn, request }) => {
				const last = request.messages.at(-1);
				if (last?.role === 'tool') results.push(...last.results.map((r) => [r.ok, r.result]));
				if (turn > 1) return say('understood');
				return call(
					['write_file', { filename: 1 }],
					['launch', {}],
					['execute_python', {}],
					['read_file', {}],
					['list_files', {}]
				);
			}
		}
	});
	const tools = ['write_file', 'read_file', 'list_files'];
	const run = await engine.start(client, request({ a: [] }, { tools }));
	expect((await engine.over(client, run)).status).toBe('completed');
	expect(results).toHaveLength(5);
	expect(JSON.stringify(results[0])).toContain('filename');
	expect(JSON.stringify(results[1])).toContain('There is no tool');
	expect(results[3]).toEqual([false, { error: 'No such name.', reason: 'invalid' }]);
	expect(JSON.stringify(results)).not.toContain('secret detail');
	expect(results.every((r) => Array.isArray(r) && r[0] === false)).toBe(true);
});

test('R24 a file that a tool could not keep is recorded with the reason, and the run goes on', async () => {
	const engine = stage.openEngine({
		tools: [
			tool('execute_python', async () => ({
				ok: true,
				result: {},
				writes: [],
				refused: [{ filename: 'sub/', code: 'not_a_file', message: 'It is a folder.' }]
			}))
		],
		scripts: { a: ({ turn }) => (turn === 1 ? call(['execute_python', {}]) : say('ok')) }
	});
	const run = await engine.start(client, request({ a: [] }, { tools: ['execute_python'] }));
	expect((await engine.over(client, run)).status).toBe('completed');
	expect((await engine.artifacts.get(client, run)).refused).toMatchObject([
		{ filename: 'sub/', agent_id: 'a', message: 'It is a folder.' }
	]);
	expect(engine.log(run).map((e) => e.type)).toContain('artifact_refused');
});

test('R24 what appears in output by other ways than a tool is collected at the end of the step', async () => {
	let folder = '';
	const engine = stage.openEngine({
		scripts: {
			b: function* () {
				writeFileSync(path.join(folder, 'found.txt'), 'found');
				execFileSync('mkfifo', [path.join(folder, 'pipe')]);
				yield* say('b');
			},
			a: async function* () {
				const [run] = (await engine.runs.list(client, {})).runs;
				folder = path.join(stage.layout.root, 'sessions', run?.run_id ?? '', 'output');
				yield* say('a');
			}
		}
	});
	const run = await engine.start(client, request({ a: [], b: ['a'], c: ['b'] }));
	expect((await engine.over(client, run)).status).toBe('completed');
	const kept = await engine.artifacts.get(client, run);
	expect(kept.artifacts).toMatchObject([{ filename: 'found.txt', agent_id: 'b' }]);
	expect(kept.refused).toMatchObject([{ filename: 'pipe', agent_id: 'b' }]);
});

import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientId } from '../../domain/ids';
import { call, gate, openStage, request, say } from '../engine/testing';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

const writes = ({ turn }: { turn: number }) =>
	turn === 1 ? call(['write_file', { filename: 'x.txt', content: 'x' }]) : say('done');

test('lists runs newest first, page by page, without loss or repetition', async () => {
	const engine = stage.openEngine({ scripts: { a: writes } });
	const made = [];
	for (let i = 0; i < 7; i += 1) made.push(await engine.start(client, request({ a: [] })));
	for (const run of made) await engine.over(client, run);
	const seen: string[] = [];
	let cursor: string | undefined;
	do {
		const page = await engine.runs.list(client, { limit: 3, ...(cursor ? { cursor } : {}) });
		for (const run of page.runs) {
			seen.push(run.run_id);
			expect(run).toMatchObject({ artifact_count: 1, total_tokens_used: 30, error: null });
		}
		cursor = page.next ?? undefined;
	} while (cursor !== undefined);
	expect(new Set(seen).size).toBe(7);
	expect([...seen].sort()).toEqual([...made].sort());
	const starts = (await engine.runs.list(client, {})).runs.map((run) => run.start_time);
	expect(starts).toEqual([...starts].sort().reverse());
	await expect(engine.runs.list(client, { cursor: 'x' })).rejects.toMatchObject({
		code: 'invalid'
	});
});

test('the state has exactly the fields of the contract', async () => {
	const engine = stage.openEngine();
	const run = await engine.start(client, request({ a: [] }, { user_directive: 'Go' }));
	const state = await engine.over(client, run);
	expect(Object.keys(state).join(' ')).toBe(
		'run_id workflow_id name user_directive status attached_files active_agents completed_agents failed_agents skipped_agents steps total_tokens_used start_time end_time error last_event'
	);
	expect(Object.keys(state.steps[0] ?? {}).join(' ')).toBe(
		'agent_id status model attempt turns tools_used input_tokens output_tokens cost_usd started_at ended_at answer error'
	);
	expect((await engine.runs.config(client, run)).agents[0]?.id).toBe('a');
});

test('how long it took counts from the last resume, in the list and for a comparison', async () => {
	let hours = 0;
	const now = () => new Date(Date.now() + hours * 3_600_000);
	const engine = stage.openEngine({ now });
	const run = await engine.start(client, request({ a: [] }));
	await engine.over(client, run);
	hours = 24;
	await engine.resume(client, run, 'a');
	const { start_time, end_time } = await engine.over(client, run);
	const took = engine.runs.duration(client, run);
	expect(took).toBeLessThan(3_600_000);
	expect((await engine.runs.list(client, {})).runs[0]).toMatchObject({
		duration_ms: took,
		end_time
	});
	expect(Date.parse(end_time ?? '') - Date.parse(start_time)).toBeGreaterThan(23 * 3_600_000);
});

test("R34 another client's run is answered as one that never existed", async () => {
	const engine = stage.openEngine();
	const run = await engine.start(client, request({ a: [] }));
	await engine.over(client, run);
	const stranger = await stage.addClient();
	const refused = { code: 'not_found' };
	await expect(engine.runs.state(stranger, run)).rejects.toMatchObject(refused);
	await expect(engine.runs.config(stranger, run)).rejects.toMatchObject(refused);
	await expect(engine.runs.remove(stranger, run)).rejects.toMatchObject(refused);
	await expect(engine.sessions.listFiles(stranger, run)).rejects.toMatchObject(refused);
	expect(() => engine.runs.requireOwn(stranger, run)).toThrow('Nothing is here');
	expect(() => engine.runs.duration(stranger, run)).toThrow('Nothing is here');
	expect((await engine.runs.list(stranger, {})).runs).toEqual([]);
});

test('an active run cannot be deleted; an ended one leaves no row and no folder', async () => {
	const hold = gate();
	const engine = stage.openEngine({
		scripts: {
			a: writes,
			b: async function* () {
				await hold.opened;
				yield* say('b');
			}
		}
	});
	const run = await engine.start(client, request({ a: [], b: ['a'] }));
	await expect(engine.runs.remove(client, run)).rejects.toMatchObject({ code: 'conflict' });
	hold.open();
	await engine.over(client, run);
	const folders = [`sessions/${run}`, `artifacts/${client}/${run}`].map((folder) =>
		path.join(stage.layout.root, folder)
	);
	expect(folders.map(existsSync)).toEqual([true, true]);
	await engine.runs.remove(client, run);
	expect(folders.map(existsSync)).toEqual([false, false]);
	await expect(engine.runs.state(client, run)).rejects.toMatchObject({ code: 'not_found' });
	expect(engine.log(run)).toEqual([]);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WorkflowConfig } from '$lib/domain/workflow';
import { latest, newClient, sha256, type ApiClient } from '../support/api';
import { expectError, parse, send } from '../support/http';
import { startServer, type TestServer } from '../support/server';
import * as shapes from '../support/shapes';

/* R21 by HTTP alone: re-run with changes, retry one step. */

let server: TestServer;
let client: ApiClient;
let first: string;

const CSV = 'day,units\n2026-01-01,3\n2026-01-02,4\n2026-01-03,9\n';
const ALL = ['profiler', 'charts', 'quality', 'writer'];

const post = (path: string, body?: unknown) =>
	send(server.url, path, {
		method: 'POST',
		headers: {
			'X-RARO-CLIENT-ID': client.key,
			...(body === undefined ? {} : { 'content-type': 'application/json' })
		},
		...(body === undefined ? {} : { body: JSON.stringify(body) })
	});

/** Re-runs, waits, and tells which steps were taken over. */
async function rerun(body?: unknown) {
	const answer = await post(`/runtime/${first}/rerun`, body);
	expect([answer.status, answer.text]).toEqual([201, expect.stringContaining('run_id')]);
	const { run_id } = shapes.startAnswer.parse(parse(answer));
	const events = await client.events(run_id);
	const state = shapes.runState.parse(await client.state(run_id));
	const reused = state.steps.filter((step) => step.reused).map((step) => step.agent_id);
	return { run_id, events, state, reused };
}

beforeAll(async () => {
	server = await startServer();
	client = await newClient(server.url);
	await client.put('sales.csv', CSV);
	first = await client.start({ id: 'data-profile', attached_files: ['sales.csv'] });
	await client.events(first);
}, 180_000);
afterAll(() => server.dispose());

describe('POST rerun', () => {
	test('R21 of what has not changed takes every step over, with the same files', async () => {
		const { run_id, state, reused, events } = await rerun();
		expect(state).toMatchObject({ rerun_of: first, status: 'completed', total_tokens_used: 0 });
		expect(reused.sort()).toEqual([...ALL].sort());
		for (const step of state.steps)
			expect(step).toMatchObject({ turns: 0, attempt: 1, reused: { run_id: first } });
		const files = async (run: string) =>
			[...latest(await client.artifacts(run)).values()].map((a) => [
				a.filename,
				a.agent_id,
				a.sha256
			]);
		expect(await files(run_id)).toEqual(await files(first));
		for (const [name, , digest] of await files(run_id)) {
			const session = await client.fetch(`/runtime/${run_id}/files/${name ?? ''}`);
			expect(sha256(new Uint8Array(await session.arrayBuffer()))).toBe(digest);
		}
		expect(events[0]).toMatchObject({ type: 'run_started', data: { rerun_of: first } });
		const finished = events.filter((event) => event.type === 'step_finished');
		for (const { data } of finished) expect(data.reused).toMatchObject({ run_id: first });
		expect(events.at(-2)).toMatchObject({
			type: 'log',
			data: {
				message: expect.stringMatching(/^Reused 4 of 4 steps; saved \d+ tokens\.$/) as unknown
			}
		});
	});

	test('R21 does again what a change touches, and takes the rest over', async () => {
		const workflow = await client.json<WorkflowConfig>('/runtime/workflows/data-profile');
		const agents = workflow.agents.map((agent) =>
			agent.id === 'writer' ? { ...agent, prompt: `${agent.prompt} Be brief.` } : agent
		);
		const { state, reused } = await rerun({ agents });
		expect(state.status).toBe('completed');
		expect(reused.sort()).toEqual(['charts', 'profiler', 'quality']);
		expect(state.steps.find((step) => step.agent_id === 'writer')?.turns).toBeGreaterThan(0);
	});

	test('R21 with another attachment does everything again', async () => {
		await client.put('other.csv', `${CSV}2026-01-04,1\n`);
		const { state, reused } = await rerun({ attached_files: ['other.csv'] });
		expect([state.status, state.attached_files, reused]).toEqual(['completed', ['other.csv'], []]);
	});

	test('says what is wrong: 422 for the request, 404 for no run, 409 while it is active', async () => {
		const at = `/runtime/${first}/rerun`;
		expectError(await post(at, { surprise: 1 }), 422, 'invalid');
		expectError(await post(at, { attached_files: ['no.csv'] }), 422, 'invalid');
		expect((await post(at, { attached_files: ['no.csv'] })).text).toContain('no.csv');
		const never = '/runtime/00000000-0000-4000-8000-000000000000/rerun';
		expectError(await post(never, {}), 404, 'not_found');
		const active = await client.start({ id: 'data-profile', attached_files: ['sales.csv'] });
		expectError(await post(`/runtime/${active}/rerun`), 409, 'conflict');
		expectError(await post(`/runtime/${active}/resume`, { agent_id: 'writer' }), 409, 'conflict');
		await client.events(active);
	});

	test('R29 of a run that has expired is 410', async () => {
		const body = JSON.stringify({ expires_at: new Date(Date.now() - 1000).toISOString() });
		const run = (await rerun()).run_id;
		const headers = { 'content-type': 'application/json' };
		const at = `/runtime/artifacts/${run}`;
		const patched = await client.fetch(at, { method: 'PATCH', headers, body });
		const deleted = patched.ok || (await client.fetch(at, { method: 'DELETE' })).ok;
		expect(deleted).toBe(true);
		expectError(await post(`/runtime/${run}/rerun`), 410, 'gone');
	});
});

describe('POST resume with an agent', () => {
	test('R21 does that step and what depends on it again, and nothing else', async () => {
		const { run_id, events } = await rerun();
		const answer = await post(`/runtime/${run_id}/resume`, { agent_id: 'charts' });
		expect([answer.status, answer.text]).toEqual([202, '']);
		const after = await client.events(run_id, { after: events.length });
		expect(after[0]).toMatchObject({
			type: 'run_started',
			data: { resumed: true, reset: ['charts', 'writer'] }
		});
		const begun = after.filter((event) => event.type === 'step_started');
		expect(begun.map(({ data }) => [data.agent_id, data.attempt])).toEqual([
			['charts', 2],
			['writer', 2]
		]);
		const state = shapes.runState.parse(await client.state(run_id));
		expect(state.status).toBe('completed');
		expect(state.steps.filter((step) => step.reused).map((step) => step.agent_id)).toEqual([
			'profiler',
			'quality'
		]);
	});

	test('refuses an unknown agent and an unknown key', async () => {
		const at = `/runtime/${first}/resume`;
		const unknown = await post(at, { agent_id: 'nobody' });
		expectError(unknown, 422, 'invalid');
		expect(unknown.text).toContain('nobody');
		expectError(await post(at, { agent_id: 'writer', force: true }), 422, 'invalid');
		expectError(await post(at), 409, 'conflict');
	});
});

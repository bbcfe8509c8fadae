import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunSummary } from '$lib/domain/run';
import { newClient, type ApiClient } from '../support/api';
import { startServer, type TestServer } from '../support/server';

let server: TestServer;
let client: ApiClient;
let sales: string;
let weather: string;

beforeAll(async () => {
	server = await startServer();
	client = await newClient(server.url);
	await client.put('a.csv', 'x,y\n1,2\n3,4\n');
	sales = await client.start({
		id: 'data-profile',
		user_directive: 'What drives Sales?',
		attached_files: ['a.csv']
	});
	await client.events(sales);
	const { agents } = await client.json<{ agents: { id: string }[] }>(
		'/runtime/workflows/data-profile'
	);
	weather = await client.start({
		id: 'own',
		name: 'My own',
		agents: agents.filter(({ id }) => id === 'profiler'),
		user_directive: 'Describe the weather',
		attached_files: ['a.csv']
	});
	await client.events(weather);
}, 180_000);
afterAll(() => server.dispose());

const list = async (query: string) =>
	(await client.json<{ runs: RunSummary[] }>(`/runtime/runs?${query}`)).runs;
const ids = async (query: string) => (await list(query)).map((run) => run.run_id);

describe('GET /runtime/runs', () => {
	test('filters by status, workflow, text and time', async () => {
		expect(await ids('')).toEqual([weather, sales]);
		expect(await ids('status=completed,failed')).toEqual([weather, sales]);
		expect(await ids('status=running')).toEqual([]);
		expect(await ids('workflow=own')).toEqual([weather]);
		expect(await ids('q=SALES')).toEqual([sales]);
		expect(await ids('q=my%20own')).toEqual([weather]);
		expect(await ids(`q=${sales.slice(0, 8)}`)).toEqual([sales]);
		const made = encodeURIComponent((await list('workflow=own'))[0]?.start_time ?? '');
		expect(await ids(`since=${made}`)).toEqual([weather]);
		expect(await ids(`until=${made}`)).toEqual([sales]);
	});

	test('tells what a run has taken and made', async () => {
		const [run] = await list('q=sales');
		expect(run).toMatchObject({
			status: 'completed',
			steps_done: 4,
			steps_total: 4,
			steps_reused: 0,
			saved_tokens: 0,
			cost_complete: true
		});
		expect(run?.duration_ms).toBeGreaterThan(0);
		expect(run?.artifact_count).toBe(
			new Set((await client.artifacts(sales)).artifacts.map((a) => a.filename)).size
		);
	});

	test('a re-run names its origin and what it did not do again', async () => {
		const { run_id } = await client.json<{ run_id: string }>(`/runtime/${sales}/rerun`, {
			method: 'POST'
		});
		await client.events(run_id);
		const [run] = await list('limit=1');
		expect(run).toMatchObject({ run_id, rerun_of: sales, steps_reused: 4, steps_done: 4 });
	});

	test('refuses what it does not understand, and names it', async () => {
		for (const bad of [
			'status=done',
			'status=',
			'workflow=',
			'since=yesterday',
			'until=1',
			'sort=cost',
			`q=${'x'.repeat(501)}`
		]) {
			const response = await client.fetch(`/runtime/runs?${bad}`);
			expect(response.status, bad).toBe(422);
			expect(await response.json()).toMatchObject({ code: 'invalid' });
		}
	});
});

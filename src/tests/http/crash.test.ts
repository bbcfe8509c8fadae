import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WorkflowConfig } from '$lib/domain/workflow';
import { auditStorage } from '../support/audit';
import { clientWithKey, latest, newClient, sha256, type ApiClient } from '../support/api';
import { startServer, type TestServer } from '../support/server';

/*
 * The server is killed with SIGKILL at chosen points, started again on the same storage root, and then:
 * every row has its file with the right digest, every file has its row, what was acknowledged is there,
 * and a run that was under way finishes by itself with nothing repeated and nothing doubled.
 */

const CSV = ['day,region,units,price']
	.concat(
		Array.from(
			{ length: 400 },
			(_, i) =>
				`2026-01-${String((i % 28) + 1).padStart(2, '0')},${['north', 'south', 'west'][i % 3]},${(i * 7) % 50},${((i * 13) % 90) / 10}`
		)
	)
	.join('\n');

let server: TestServer;
let client: ApiClient;

async function restart(): Promise<void> {
	await server.kill9();
	server = await startServer({ storageRoot: server.storageRoot });
	client = clientWithKey(server.url, client.key, client.clientId);
}

beforeAll(async () => {
	server = await startServer();
	client = await newClient(server.url);
	await client.put('sales.csv', CSV);
});

afterAll(async () => {
	await server.dispose();
	await rm(server.storageRoot, { recursive: true, force: true });
});

/** The answer's status, or `cut` when the crash came first. */
function outcome(request: Promise<Response>): Promise<number | 'cut'> {
	return request.then(
		(response) => response.status,
		() => 'cut' as const
	);
}

/** Sends a request body in part, kills the server, and resolves when the connection is gone. */
function killDuringUpload(name: string, body: Buffer, sendBytes: number): Promise<void> {
	return new Promise((resolve) => {
		const request = http.request(`${server.url}/runtime/library/files/${name}`, {
			method: 'PUT',
			headers: { 'X-RARO-CLIENT-ID': client.key, 'content-length': String(body.length) }
		});
		request.once('error', () => resolve());
		request.once('response', (response) => {
			response.resume();
			response.once('close', () => resolve());
		});
		request.write(body.subarray(0, sendBytes), () => void server.kill9().then(() => resolve()));
	});
}

describe('uploads', () => {
	const body = randomBytes(6 * 1024 * 1024);
	test.each([1, 1024 * 1024, 5 * 1024 * 1024, body.length])(
		'R7 a crash after %i bytes of an upload leaves no torn file',
		async (bytes) => {
			const name = `upload-${bytes}.bin`;
			await killDuringUpload(name, body, bytes);
			await restart();
			expect(auditStorage(server.storageRoot)).toEqual([]);
			const there = (await client.library()).find((file) => file.name === name);
			if (there) expect(there.sha256).toBe(sha256(body));
			if (bytes < body.length) expect(there).toBeUndefined();
		}
	);

	test('R7 what was acknowledged is there, when the kill follows at once', async () => {
		const names = ['a.txt', 'b.txt', 'c.txt'];
		for (const name of names) {
			await client.put(name, `content of ${name}`);
			await restart();
			const there = (await client.library()).find((file) => file.name === name);
			expect(there?.sha256).toBe(sha256(`content of ${name}`));
		}
		expect(auditStorage(server.storageRoot)).toEqual([]);
	});

	test('R8 a crash among many replacements leaves one whole version of each', async () => {
		const versions = Array.from({ length: 60 }, (_, i) => `version ${i} `.repeat(5000));
		await client.put('replaced.txt', 'version first');
		let answered = 0;
		const uploads = versions.map(async (text) => {
			const status = await outcome(
				client.fetch('/runtime/library/files/replaced.txt?on_conflict=replace', {
					method: 'PUT',
					body: text
				})
			);
			if (status === 'cut') return;
			answered += 1;
			if (answered === 20) await server.kill9();
		});
		await Promise.all(uploads);
		await restart();
		expect(auditStorage(server.storageRoot)).toEqual([]);
		const file = (await client.library()).find((f) => f.name === 'replaced.txt');
		expect(versions.map(sha256)).toContain(file?.sha256);
	});
});

describe('runs', () => {
	/** Which event the kill follows: early, amid tool calls, at artifacts, near the end. */
	const points = [1, 2, 4, 7, 11, 16, 22, 29, 37];

	test.each(points)(
		'R16 a run killed after its event %i goes on by itself and is whole',
		async (n) => {
			const runId = await client.start({
				id: 'data-profile',
				user_directive: 'units by region',
				attached_files: ['sales.csv']
			});
			const before = await client.events(runId, { until: (event) => event.id >= n });
			await restart();
			const after = await client.events(runId);
			expect(after.at(-1)?.type).toBe('run_finished');
			expect(after.at(-1)?.data).toMatchObject({ status: 'completed', error: null });

			// Nothing acknowledged is lost: what was seen before the crash is still the log's beginning.
			expect(after.slice(0, before.length)).toEqual(before);
			expect(after.map((event) => event.id)).toEqual(after.map((_, i) => i + 1));

			// Nothing is repeated: each call that finished did so once, each step finished once.
			const finished = after
				.filter((event) => event.type === 'tool_finished')
				.map(
					(event) =>
						`${String(event.data.agent_id)} ${String(event.data.turn)} ${String(event.data.call_id)}`
				);
			expect(new Set(finished).size).toBe(finished.length);
			const steps = after.filter((event) => event.type === 'step_finished');
			expect(steps).toHaveLength(4);

			// Nothing is doubled: the analyst is deterministic, so there is one version of each artifact.
			const run = await client.artifacts(runId);
			expect(run.artifacts.filter((artifact) => artifact.version > 1)).toEqual([]);
			const names = latest(run);
			for (const name of ['profile.json', 'summary.csv', 'report.md'])
				expect([...names.keys()]).toContain(name);
			expect(auditStorage(server.storageRoot)).toEqual([]);
		}
	);

	/** From the first step that is taken over to the one that is done again. */
	test.each([1, 2, 4, 6, 9, 12, 16])(
		'R21 a re-run killed after its event %i takes over what it did not, and is whole',
		async (n) => {
			const first = await client.start({ id: 'data-profile', attached_files: ['sales.csv'] });
			await client.events(first);
			const workflow = await client.json<WorkflowConfig>('/runtime/workflows/data-profile');
			const agents = workflow.agents.map((agent) =>
				agent.id === 'writer' ? { ...agent, prompt: `${agent.prompt} Be brief.` } : agent
			);
			const { run_id: runId } = await client.json<{ run_id: string }>(`/runtime/${first}/rerun`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ agents })
			});
			const before = await client.events(runId, { until: (event) => event.id >= n });
			await restart();
			const after = await client.events(runId);
			expect(after.at(-1)?.data).toMatchObject({ status: 'completed', error: null });
			expect(after.slice(0, before.length)).toEqual(before);
			expect(after.filter((event) => event.type === 'step_finished')).toHaveLength(4);
			const { steps } = await client.state(runId);
			expect(steps.filter((step) => !step.reused).map((step) => step.agent_id)).toEqual(['writer']);
			const [run, source] = [await client.artifacts(runId), await client.artifacts(first)];
			expect(run.artifacts.filter((artifact) => artifact.version > 1)).toEqual([]);
			expect([...latest(run).keys()].sort()).toEqual([...latest(source).keys()].sort());
			for (const { filename, sha256: digest } of latest(run).values()) {
				const file = await client.fetch(`/runtime/${runId}/files/${encodeURIComponent(filename)}`);
				expect(sha256(new Uint8Array(await file.arrayBuffer()))).toBe(digest);
			}
			expect(auditStorage(server.storageRoot)).toEqual([]);
		}
	);

	test('R17 a run that was stopped stays stopped after a crash', async () => {
		const runId = await client.start({ id: 'data-profile', attached_files: ['sales.csv'] });
		await client.events(runId, { until: (event) => event.type === 'step_started' });
		expect((await client.fetch(`/runtime/${runId}/stop`, { method: 'POST' })).status).toBe(202);
		await restart();
		const events = await client.events(runId);
		expect(events.at(-1)).toMatchObject({ type: 'run_finished', data: { status: 'cancelled' } });
		expect(auditStorage(server.storageRoot)).toEqual([]);
	});
});

describe('promoting and deleting', () => {
	test('R31 a crash among promotions and deletions leaves rows and files in agreement', async () => {
		const runId = await client.start({ id: 'data-profile', attached_files: ['sales.csv'] });
		await client.events(runId);
		const names = [...latest(await client.artifacts(runId)).keys()];
		const file = (name: string) => `/runtime/artifacts/${runId}/files/${encodeURIComponent(name)}`;
		for (const [i, name] of names.entries()) {
			const promoted = outcome(client.fetch(`${file(name)}/promote`, { method: 'POST' }));
			const deleted = outcome(client.fetch(file(name), { method: 'DELETE' }));
			if (i % 3 === 0) await promoted;
			await restart();
			await Promise.all([promoted, deleted]);
			expect(auditStorage(server.storageRoot)).toEqual([]);
		}
	});

	test('R30 a crash while a run is deleted leaves all of it or nothing', async () => {
		for (let i = 0; i < 3; i++) {
			const runId = await client.start({ id: 'data-profile', attached_files: ['sales.csv'] });
			await client.events(runId);
			const deleted = outcome(client.fetch(`/runtime/${runId}`, { method: 'DELETE' }));
			if (i > 0) await deleted;
			await restart();
			await deleted;
			expect(auditStorage(server.storageRoot)).toEqual([]);
			const state = await client.fetch(`/runtime/state?run_id=${runId}`);
			if (i > 0) expect(state.status).toBe(404);
			else expect([200, 404]).toContain(state.status);
		}
	});
});

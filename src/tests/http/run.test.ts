import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunArtifacts } from '$lib/domain/artifact';
import type { LibraryFile } from '$lib/domain/library';
import type { RunSummary } from '$lib/domain/run';
import { latest, newClient, sha256, type ApiClient, type ServerEvent } from '../support/api';
import { startServer, type TestServer } from '../support/server';

/* One whole run of the starter workflow on a data set from vega-datasets, by HTTP alone. */

const WEATHER = readFileSync(
	path.resolve('node_modules', 'vega-datasets', 'data', 'seattle-weather.csv')
);
const JSON_TYPE = { 'content-type': 'application/json' };

let server: TestServer;
let client: ApiClient;
let run: string;
let log: ServerEvent[];

async function profile(directive: string): Promise<string> {
	return client.start({
		id: 'data-profile',
		user_directive: directive,
		attached_files: ['seattle-weather.csv']
	});
}
const artifactPath = (name: string, of = run) =>
	`/runtime/artifacts/${of}/files/${encodeURIComponent(name)}`;
const status = async (at: string, init?: RequestInit) => (await client.fetch(at, init)).status;

beforeAll(async () => {
	server = await startServer();
	client = await newClient(server.url);
	await client.put('seattle-weather.csv', WEATHER);
	run = await profile('How does precipitation relate to temp_max?');
	log = await client.events(run);
}, 180_000);
afterAll(() => server.dispose());

describe('a whole data-profile run', () => {
	it('R12 R14 completes all four steps', async () => {
		const state = await client.state(run);
		expect(state).toMatchObject({
			run_id: run,
			workflow_id: 'data-profile',
			user_directive: 'How does precipitation relate to temp_max?',
			status: 'completed',
			attached_files: ['seattle-weather.csv'],
			active_agents: [],
			failed_agents: [],
			skipped_agents: [],
			error: null,
			last_event: log.length
		});
		expect([...state.completed_agents].sort()).toEqual(['charts', 'profiler', 'quality', 'writer']);
		expect(Date.parse(state.end_time ?? '')).toBeGreaterThanOrEqual(Date.parse(state.start_time));
	});

	it('R19 has a log numbered from 1 that ends with the run, and resumes after any event', async () => {
		expect(log.map((event) => event.id)).toEqual(log.map((_, i) => i + 1));
		expect(log[0]?.type).toBe('run_started');
		expect(log.at(-1)).toMatchObject({ type: 'run_finished', data: { status: 'completed' } });
		for (const after of [1, Math.floor(log.length / 2), log.length - 1])
			expect(await client.events(run, { after })).toEqual(log.slice(after));
		const byQuery = await client.fetch(`/runtime/${run}/events?after=${log.length - 1}`);
		expect(byQuery.headers.get('content-type')).toMatch(/^text\/event-stream/);
		expect(await byQuery.text()).toContain(`id: ${log.length}\n`);
	});

	it('R19 loses and doubles nothing when the stream breaks while the run goes on', async () => {
		const other = await profile('wind');
		const seen: ServerEvent[] = [];
		while (seen.at(-1)?.type !== 'run_finished') {
			let count = 0;
			const after = seen.at(-1)?.id ?? 0;
			seen.push(...(await client.events(other, { after, until: () => ++count === 7 })));
		}
		expect(seen.map((event) => event.id)).toEqual(seen.map((_, i) => i + 1));
		expect(await client.events(other)).toEqual(seen);
	});

	it('R24 R25 announces every artifact, each with the bytes of its digest', async () => {
		const metadata = await client.artifacts(run);
		expect(metadata).toMatchObject({ run_id: run, status: 'completed', pinned: false });
		expect(Date.parse(metadata.expires_at ?? '') - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
		const names = [...latest(metadata).keys()];
		expect(names).toEqual(expect.arrayContaining(['profile.json', 'summary.csv', 'report.md']));
		expect(names.some((name) => name.endsWith('.png'))).toBe(true);
		const announced = log.filter((event) => event.type === 'artifact_collected');
		expect(announced).toHaveLength(metadata.artifacts.length);
		for (const artifact of metadata.artifacts) {
			const at = `${artifactPath(artifact.filename)}?version=${artifact.version}`;
			const response = await client.fetch(at);
			expect(response.status).toBe(200);
			expect(response.headers.get('etag')).toBe(`"${artifact.sha256}"`);
			expect(response.headers.get('content-type')).toContain(artifact.content_type);
			const bytes = Buffer.from(await response.arrayBuffer());
			expect(sha256(bytes)).toBe(artifact.sha256);
			expect(bytes.byteLength).toBe(artifact.size_bytes);
		}
		expect(await status(`${artifactPath('report.md')}?version=99`)).toBe(404);
		expect(await status(`${artifactPath('report.md')}?version=0`)).toBe(422);
		expect(await status(`${artifactPath('report.md')}?version=one`)).toBe(422);
	});

	it('writes a report about this very data set', async () => {
		const markdown = await (await client.fetch(artifactPath('report.md'))).text();
		const report = markdown.replaceAll('\\_', '_');
		expect(report).toContain('precipitation');
		expect(report).toContain('temp_max');
		expect(report).toContain('1,461');
		const shown = [...report.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map((m) => m[1] ?? '');
		expect(shown.length).toBeGreaterThan(0);
		const names = [...latest(await client.artifacts(run)).keys()];
		for (const image of shown) expect(names).toContain(decodeURIComponent(image));
	});

	it('R2 R3 leaves the library as it was and lists the session', async () => {
		const kept = (await client.library()).find((file) => file.name === 'seattle-weather.csv');
		expect(kept?.sha256).toBe(sha256(WEATHER));
		const files = await client.json<{ input: { name: string }[]; output: { name: string }[] }>(
			`/runtime/${run}/files`
		);
		expect(files.input).toEqual([{ name: 'seattle-weather.csv', size_bytes: WEATHER.byteLength }]);
		expect(files.output.map((file) => file.name)).toContain('report.md');
		expect(await status(`/runtime/${run}/files/report.md`)).toBe(200);
		for (const method of ['PUT', 'POST', 'PATCH', 'DELETE'])
			expect(await status(`/runtime/${run}/files/report.md`, { method, body: 'x' })).toBe(405);
	});

	it('R16 is in the list of runs, newest first', async () => {
		const { runs } = await client.json<{ runs: RunSummary[] }>('/runtime/runs');
		expect(runs.at(-1)).toMatchObject({ run_id: run, status: 'completed' });
		expect(runs.at(-1)?.artifact_count).toBeGreaterThan(3);
		expect([...runs].sort((a, b) => b.start_time.localeCompare(a.start_time))).toEqual(runs);
	});
});

describe('its artifacts', () => {
	it('are listed, searched and filtered', async () => {
		const list = async (query: string) =>
			(
				await client.json<{ artifacts: { run_id: string; metadata: RunArtifacts }[] }>(
					`/runtime/artifacts${query}`
				)
			).artifacts;
		expect((await list('')).map((entry) => entry.run_id)).toContain(run);
		expect((await list('?q=TEMP_MAX')).map((entry) => entry.run_id)).toEqual([run]);
		const images = (await list('?type=image')).flatMap((entry) => entry.metadata.artifacts);
		expect(images.length).toBeGreaterThan(0);
		expect(images.every((a) => a.content_type.startsWith('image/'))).toBe(true);
		const written = (await list('?agent=writer')).flatMap((entry) => entry.metadata.artifacts);
		expect(new Set(written.map((a) => a.agent_id))).toEqual(new Set(['writer']));
		expect(await list('?since=2999-01-01T00:00:00Z')).toEqual([]);
		for (const bad of ['?since=yesterday', '?limit=0', '?limit=x', '?cursor=%00'])
			expect(await status(`/runtime/artifacts${bad}`)).toBe(422);
	});

	it('R31 are promoted once, with their provenance', async () => {
		const promote = () => client.fetch(`${artifactPath('report.md')}/promote`, { method: 'POST' });
		const first = await promote();
		expect(first.status).toBe(201);
		const file = (await first.json()) as LibraryFile;
		const artifact = latest(await client.artifacts(run)).get('report.md');
		expect(file).toMatchObject({
			name: 'report.md',
			scope: 'private',
			origin: {
				run_id: run,
				agent_id: artifact?.agent_id,
				filename: 'report.md',
				version: artifact?.version,
				sha256: artifact?.sha256,
				generated_at: artifact?.generated_at
			}
		});
		const again = await promote();
		expect([again.status, await again.json()]).toEqual([200, file]);
		const [other] = (await client.json<{ runs: RunSummary[] }>('/runtime/runs')).runs;
		const collision = await client.json<LibraryFile>(
			`${artifactPath('report.md', other?.run_id)}/promote`,
			{ method: 'POST' }
		);
		expect(collision.name).toBe('report (2).md');
	});

	it('R32 are one zip with the latest version of each', async () => {
		const response = await client.fetch(`/runtime/artifacts/${run}/archive`);
		expect(response.headers.get('content-type')).toBe('application/zip');
		expect(response.headers.get('content-disposition')).toContain(
			`filename="raro-${run.slice(0, 8)}.zip"`
		);
		const zip = Buffer.from(await response.arrayBuffer());
		expect(response.headers.get('content-length')).toBe(String(zip.byteLength));
		const names = [...latest(await client.artifacts(run)).keys()];
		const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
		expect(zip.readUInt16LE(end + 10)).toBe(names.length);
		for (const name of names) expect(zip.includes(name)).toBe(true);
		const head = await client.fetch(`/runtime/artifacts/${run}/archive`, { method: 'HEAD' });
		expect(head.headers.get('content-length')).toBe(String(zip.byteLength));
	});

	it('R29 R30 are pinned, extended, and gone from the moment they expire', async () => {
		const expiring = await profile('soon gone');
		await client.events(expiring);
		const at = `/runtime/artifacts/${expiring}`;
		const patch = (body: unknown) =>
			client.fetch(at, { method: 'PATCH', headers: JSON_TYPE, body: JSON.stringify(body) });
		expect(await (await patch({ pinned: true })).json()).toMatchObject({ pinned: true });
		for (const bad of [{}, { pinned: 'yes' }, { expires_at: 'soon' }, { pinned: true, x: 1 }])
			expect((await patch(bad)).status).toBe(422);
		expect((await patch({ expires_at: '2020-01-01T00:00:00Z' })).status).toBe(422);
		const soon = new Date(Date.now() + 400).toISOString();
		const changed = await patch({ pinned: false, expires_at: soon });
		expect(await changed.json()).toMatchObject({ pinned: false, expires_at: soon });
		await expect.poll(() => status(at)).toBe(410);
		expect(await status(artifactPath('report.md', expiring))).toBe(410);
		expect(await status(`${at}/archive`)).toBe(410);
		expect((await client.state(expiring)).status).toBe('completed');
	});

	it('R30 are deleted one by one, by run, and by age', async () => {
		const doomed = await profile('deleted');
		await client.events(doomed);
		const remove = (path: string) => status(path, { method: 'DELETE' });
		expect(await remove(artifactPath('summary.csv', doomed))).toBe(204);
		expect(await remove(artifactPath('summary.csv', doomed))).toBe(404);
		expect(await status(artifactPath('summary.csv', doomed))).toBe(404);
		expect(await status(artifactPath('report.md', doomed))).toBe(200);
		expect(await remove(`/runtime/artifacts/${doomed}`)).toBe(204);
		expect(await status(`/runtime/artifacts/${doomed}`)).toBe(410);
		const clear = (hours: unknown) =>
			client.fetch('/runtime/artifacts/clear', {
				method: 'POST',
				headers: JSON_TYPE,
				body: JSON.stringify({ older_than_hours: hours })
			});
		expect(await (await clear(1)).json()).toEqual({ deleted: [] });
		for (const bad of [-1, '1', null]) expect((await clear(bad)).status).toBe(422);
		await client.fetch(`/runtime/artifacts/${run}`, {
			method: 'PATCH',
			headers: JSON_TYPE,
			body: '{"pinned":true}'
		});
		const { deleted } = (await (await clear(0)).json()) as { deleted: string[] };
		expect(deleted.length).toBeGreaterThan(0);
		expect(deleted).not.toContain(run);
		expect(await status(`/runtime/artifacts/${run}`)).toBe(200);
	});

	it('R31 outlive the run in the library when promoted', async () => {
		const digest = latest(await client.artifacts(run)).get('report.md')?.sha256;
		expect(await status(`/runtime/${run}`, { method: 'DELETE' })).toBe(204);
		for (const at of [
			`/runtime/state?run_id=${run}`,
			`/runtime/${run}/events`,
			`/runtime/artifacts/${run}`,
			artifactPath('report.md')
		])
			expect(await status(at)).toBe(404);
		const kept = await client.fetch('/runtime/library/files/report.md');
		expect(sha256(Buffer.from(await kept.arrayBuffer()))).toBe(digest);
	});
});

describe('a run at work', () => {
	it('R17 R30 has no expiry, is not deleted, and stops when told to', async () => {
		const active = await profile('stopped');
		await client.events(active, { until: (event) => event.type === 'step_started' });
		const at = `/runtime/artifacts/${active}`;
		expect((await client.artifacts(active)).expires_at).toBeNull();
		expect(await status(`/runtime/${active}`, { method: 'DELETE' })).toBe(409);
		expect(await status(at, { method: 'DELETE' })).toBe(409);
		const body = JSON.stringify({ expires_at: '2999-01-01T00:00:00Z' });
		expect(await status(at, { method: 'PATCH', headers: JSON_TYPE, body })).toBe(409);
		expect(await status(`/runtime/${active}/stop`, { method: 'POST' })).toBe(202);
		const events = await client.events(active);
		expect(events.at(-1)).toMatchObject({ type: 'run_finished', data: { status: 'cancelled' } });
		expect((await client.artifacts(active)).status).toBe('cancelled');
	});
});

describe('a start that cannot be', () => {
	const agent = (id: string, change: object = {}) => ({ id, prompt: 'Do it.', ...change });
	const graph = (...agents: object[]) => ({ id: 'w', name: 'W', agents });

	it.each([
		['a cycle', graph(agent('a', { depends_on: ['b'] }), agent('b', { depends_on: ['a'] })), 'a'],
		['an unknown dependency', graph(agent('a', { depends_on: ['nobody'] })), 'nobody'],
		['a duplicate agent id', graph(agent('twin'), agent('twin')), 'twin'],
		['an illegal agent id', graph(agent('../up')), 'id'],
		['an unknown tool', graph(agent('a', { tools: ['rm_rf'] })), 'rm_rf'],
		['an unknown attachment', { ...graph(agent('a')), attached_files: ['none.csv'] }, 'none.csv'],
		['an unknown workflow', { id: 'no-such-workflow' }, 'no-such-workflow'],
		['an unknown key', { ...graph(agent('a')), surprise: 1 }, 'surprise'],
		['a model that is not configured', graph(agent('a', { model: 'gemini:x' })), 'gemini']
	])('R12 answers 422 for %s and names the culprit', async (_, body, culprit) => {
		const before = await client.json<{ runs: unknown[] }>('/runtime/runs');
		const response = await client.fetch('/runtime/start', {
			method: 'POST',
			headers: JSON_TYPE,
			body: JSON.stringify(body)
		});
		const text = await response.text();
		expect([response.status, text]).toEqual([422, expect.stringContaining(culprit)]);
		const after = await client.json<{ runs: unknown[] }>('/runtime/runs');
		expect(after.runs).toHaveLength(before.runs.length);
	});
});

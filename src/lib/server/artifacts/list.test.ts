import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientId, RunId } from '../../domain/ids';
import type { ArtifactFilter } from './list';
import { names, openArtifacts, type World } from './testing';

let world: World;
let client: ClientId;

beforeEach(async () => {
	world = openArtifacts();
	client = await world.addClient();
});
afterEach(() => world.close());

async function addRun(
	minute: number,
	directive: string,
	files: Record<string, string>
): Promise<RunId> {
	world.clock.now = new Date(Date.UTC(2026, 10, 21, 12, minute));
	const run = await world.addRun(client, { directive });
	for (const [name, agent] of Object.entries(files)) {
		await world.output(run, name, `${run} ${name}`);
		await world.collect(run, client, agent);
	}
	return run;
}

async function listed(filter: ArtifactFilter): Promise<string[][]> {
	const { artifacts } = await world.artifacts.list(client, filter);
	return artifacts.map(({ metadata }) => names(metadata.artifacts));
}

describe('list', () => {
	it('shows runs newest first, names in order, and leaves out runs with nothing to show', async () => {
		await addRun(1, 'old', { 'z.md': 'writer', 'a.csv': 'writer' });
		await addRun(2, 'empty', {});
		await addRun(3, 'new', { 'n.png': 'charts' });
		expect(await listed({})).toEqual([['n.png v1'], ['a.csv v1', 'z.md v1']]);
	});

	it('shows a run that only refused something', async () => {
		const run = await addRun(1, 'x', {});
		await world.collect(run, client, 'writer', [
			{ filename: '.env', code: 'invalid', message: 'No.' }
		]);
		const { artifacts } = await world.artifacts.list(client, {});
		expect(artifacts[0]?.metadata.refused).toEqual([
			{ filename: '.env', agent_id: 'writer', code: 'invalid', message: 'No.' }
		]);
	});

	it('filters by text in directive, file name or agent, whatever its case', async () => {
		await addRun(1, 'Zürich CHURN', { 'a.csv': 'profiler', 'b.png': 'charts' });
		await addRun(2, 'weather', { 'Churn-Map.png': 'charts', 'c.csv': 'profiler' });
		expect(await listed({ q: 'churn' })).toEqual([['Churn-Map.png v1'], ['a.csv v1', 'b.png v1']]);
		expect(await listed({ q: 'ZÜRICH' })).toEqual([['a.csv v1', 'b.png v1']]);
		expect(await listed({ q: 'profil' })).toEqual([['c.csv v1'], ['a.csv v1']]);
		expect(await listed({ q: '%' })).toEqual([]);
	});

	it('filters by agent, by media type, by group and by time', async () => {
		await addRun(1, 'x', { 'a.csv': 'profiler', 'b.png': 'charts' });
		await addRun(5, 'y', { 'd.svg': 'charts' });
		expect(await listed({ agent: 'charts' })).toEqual([['d.svg v1'], ['b.png v1']]);
		expect(await listed({ agent: 'chart' })).toEqual([]);
		expect(await listed({ type: 'image/png' })).toEqual([['b.png v1']]);
		expect(await listed({ type: 'image' })).toEqual([['d.svg v1'], ['b.png v1']]);
		expect(await listed({ since: new Date(Date.UTC(2026, 10, 21, 12, 5)) })).toEqual([
			['d.svg v1']
		]);
		expect(await listed({ agent: 'charts', type: 'table' })).toEqual([]);
	});

	it('pages through runs made in the same millisecond without loss or repeat', async () => {
		const runs: RunId[] = [];
		for (let i = 0; i < 7; i++) runs.push(await addRun(1, 'x', { 'a.txt': 'writer' }));
		const seen: string[] = [];
		let cursor: string | undefined;
		for (;;) {
			const page = await world.artifacts.list(client, { limit: 3, cursor });
			seen.push(...page.artifacts.map((r) => r.run_id));
			if (page.next === null) break;
			cursor = page.next;
		}
		expect(seen).toEqual(runs.sort().reverse());
		await expect(world.artifacts.list(client, { cursor: 'nonsense' })).rejects.toMatchObject({
			code: 'invalid'
		});
	});

	it('pages through single artifacts, newest first', async () => {
		await addRun(1, 'x', { 'a.txt': 'w', 'b.txt': 'w' });
		await addRun(2, 'y', { 'c.txt': 'w' });
		const all = world.artifacts.listPage(client, 50);
		expect(all[0]?.filename).toBe('c.txt');
		const first = all[0];
		if (!first) throw new Error('nothing listed');
		const rest = world.artifacts.listPage(client, 50, {
			at: first.generated_at.getTime(),
			id: first.id
		});
		expect(rest).toEqual(all.slice(1));
	});

	it('counts runs and files that can be read; versions of a name count once', async () => {
		const run = await addRun(1, 'x', { 'a.txt': 'w', 'b.txt': 'w' });
		await world.output(run, 'a.txt', 'changed');
		await world.collect(run, client, 'w');
		await addRun(2, 'empty', {});
		const expired = await addRun(3, 'y', { 'c.txt': 'w' });
		await world.endRun(expired);
		expect(world.artifacts.holdings(client)).toEqual({ runs: 2, files: 3 });
		world.clock.now = new Date(world.clock.now.getTime() + 169 * 3_600_000);
		expect(world.artifacts.holdings(client)).toEqual({ runs: 1, files: 2 });
		expect(world.artifacts.holdings(await world.addClient())).toEqual({ runs: 0, files: 0 });
	});
});

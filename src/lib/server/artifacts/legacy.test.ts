import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFileName } from '../../domain/file-name';
import { parseRunId, PUBLIC_CLIENT, type ClientId } from '../../domain/ids';
import { migrateLegacyArtifacts } from './legacy';
import { openArtifacts, type World } from './testing';

const LEGACY_RUN = '8c1f6e3a-4b8f-4a57-9a58-1d3c4b1f0a11';
let world: World;
let client: ClientId;

beforeEach(async () => {
	world = openArtifacts();
	client = await world.addClient();
});
afterEach(() => world.close());

function plant(folder: string, name: string, text: string): void {
	const absolute = path.join(world.layout.root, 'artifacts', folder);
	mkdirSync(absolute, { recursive: true });
	writeFileSync(path.join(absolute, name), text);
}

const onDisk = (...parts: string[]) =>
	readdirSync(path.join(world.layout.root, 'artifacts', ...parts)).sort();

describe('legacy artifacts', () => {
	it('R37 moves them to public, readable by everyone and writable by nobody', async () => {
		plant(LEGACY_RUN, 'report.md', 'old report');
		plant(LEGACY_RUN, 'plot.png', 'png');
		const report = await migrateLegacyArtifacts(world.deps);
		expect(report).toEqual({ runs: 1, files: 2, left: [] });
		const run = parseRunId(LEGACY_RUN);
		expect(await world.textOf(client, run, 'report.md')).toBe('old report');
		expect(await world.artifacts.get(client, run)).toMatchObject({
			workflow_id: 'legacy',
			pinned: true,
			status: 'completed'
		});
		expect(onDisk()).toEqual([PUBLIC_CLIENT]);
		expect(onDisk(PUBLIC_CLIENT, LEGACY_RUN)).toEqual(['plot.png', 'report.md']);
		const file = await world.artifacts.find(client, run, parseFileName('plot.png'));
		expect(statSync(world.layout.resolve(file.key)).mode & 0o777).toBe(0o440);
		await expect(world.artifacts.removeRun(client, run)).rejects.toMatchObject({
			code: 'forbidden'
		});
		world.clock.now = new Date('2030-01-01T00:00:00Z');
		await world.artifacts.sweep();
		expect(await world.textOf(client, run, 'report.md')).toBe('old report');
	});

	it('R37 gives a folder with any other name one run id, the same each time', async () => {
		plant('run_2024-05', 'a.csv', 'a,b');
		await migrateLegacyArtifacts(world.deps);
		plant('run_2024-05', 'b.csv', 'late');
		plant('run_2024-05', 'a.csv', 'a,b');
		await migrateLegacyArtifacts(world.deps);
		const { artifacts } = await world.artifacts.list(client, {});
		expect(artifacts).toHaveLength(1);
		expect(artifacts[0]?.metadata).toMatchObject({
			user_directive: 'run_2024-05',
			artifacts: [{ filename: 'a.csv', version: 1 }, { filename: 'b.csv' }]
		});
	});

	it('R37 leaves what belongs to clients, and what is no plain file', async () => {
		const run = await world.addRun(client);
		await world.output(run, 'mine.txt', 'mine');
		await world.collect(run, client);
		plant('old', '.hidden', 'x');
		plant('old/sub', 'deep.txt', 'x');
		symlinkSync('/etc/passwd', path.join(world.layout.root, 'artifacts/old/link'));
		const report = await migrateLegacyArtifacts(world.deps);
		expect(report.runs).toBe(0);
		expect(report.left.map((l) => l.key)).toEqual([
			'artifacts/old/.hidden',
			'artifacts/old/link',
			'artifacts/old/sub'
		]);
		expect(onDisk('old')).toEqual(['.hidden', 'link', 'sub']);
		expect(await world.textOf(client, run, 'mine.txt')).toBe('mine');
	});

	it("R37 does not mix a legacy folder into a client's run of the same id", async () => {
		const run = await world.addRun(client);
		plant(run, 'old.txt', 'old');
		await migrateLegacyArtifacts(world.deps);
		expect((await world.artifacts.get(client, run)).artifacts).toEqual([]);
		const { artifacts } = await world.artifacts.list(client, {});
		expect(artifacts.map((r) => r.metadata.user_directive)).toEqual([run]);
	});

	it('R37 goes on after a crash between the row and the removal of the old file', async () => {
		plant(LEGACY_RUN, 'a.txt', 'a');
		await migrateLegacyArtifacts(world.deps);
		plant(LEGACY_RUN, 'a.txt', 'a');
		expect(await migrateLegacyArtifacts(world.deps)).toMatchObject({ files: 1 });
		const metadata = await world.artifacts.get(client, parseRunId(LEGACY_RUN));
		expect(metadata.artifacts).toHaveLength(1);
		expect(onDisk()).toEqual([PUBLIC_CLIENT]);
	});
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFileName } from '../../domain/file-name';
import { parseRunId, PUBLIC_CLIENT, type ClientId, type RunId } from '../../domain/ids';
import { artifactsFolder } from '../storage/layout';
import { HOUR_MS, names, openArtifacts, type World } from './testing';

let world: World;
let client: ClientId;
let run: RunId;
const report = parseFileName('report.md');

beforeEach(async () => {
	world = openArtifacts();
	client = await world.addClient();
	run = await world.addRun(client);
	await world.output(run, 'report.md', 'first');
	await world.collect(run, client);
});
afterEach(() => world.close());

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code });
const filesOnDisk = (owner = client, of = run) => {
	const folder = world.layout.resolve(artifactsFolder(owner, of));
	return existsSync(folder) ? readdirSync(folder) : [];
};

describe('reading', () => {
	it('R25 tells the run of the artifacts, and an expiry only once it has ended', async () => {
		const active = await world.artifacts.get(client, run);
		expect(active).toMatchObject({
			run_id: run,
			workflow_id: 'data-profile',
			user_directive: 'What drives churn?',
			created_at: '2026-11-21T12:00:00.000Z',
			expires_at: null,
			pinned: false,
			status: 'running'
		});
		await world.endRun(run);
		expect(await world.artifacts.get(client, run)).toMatchObject({
			expires_at: '2026-11-28T12:00:00.000Z',
			status: 'completed'
		});
	});

	it("R34 answers for another client's exactly as for what never existed", async () => {
		const stranger = await world.addClient();
		const never = parseRunId('00000000-0000-4000-8000-000000000000');
		const { artifacts } = world;
		await world.endRun(run);
		const asks = [
			(id: RunId) => artifacts.get(stranger, id),
			(id: RunId) => artifacts.find(stranger, id, report),
			(id: RunId) => artifacts.setRetention(stranger, id, { pinned: true }),
			(id: RunId) => artifacts.removeFile(stranger, id, report),
			(id: RunId) => artifacts.removeRun(stranger, id),
			(id: RunId) => artifacts.promote(stranger, id, report),
			(id: RunId) => artifacts.archive(stranger, id)
		];
		for (const ask of asks) {
			const theirs = await ask(run).catch((error: unknown) => error);
			const none = await ask(never).catch((error: unknown) => error);
			expect(theirs).toEqual(refusal('not_found'));
			expect(theirs).toEqual(none);
		}
		expect(await artifacts.list(stranger, {})).toEqual({ artifacts: [], next: null });
		expect(artifacts.listPage(stranger, 50)).toEqual([]);
		expect(await artifacts.clear(stranger, 0)).toEqual([]);
		expect(await world.textOf(client, run, 'report.md')).toBe('first');
	});

	it('answers not_found for a name or version that is not there', async () => {
		const { find } = world.artifacts;
		await expect(find(client, run, parseFileName('x.md'))).rejects.toEqual(refusal('not_found'));
		await expect(find(client, run, report, 2)).rejects.toEqual(refusal('not_found'));
	});

	it('R29 expires at exactly its millisecond, for every way to read', async () => {
		const expiresAt = await world.endRun(run);
		const { artifacts } = world;
		world.clock.now = new Date(expiresAt.getTime() - 1);
		await artifacts.get(client, run);
		await artifacts.find(client, run, report);
		expect((await artifacts.list(client, {})).artifacts).toHaveLength(1);
		expect(artifacts.listPage(client, 50)).toHaveLength(1);
		world.clock.now = expiresAt;
		await expect(artifacts.get(client, run)).rejects.toEqual(refusal('gone'));
		await expect(artifacts.find(client, run, report)).rejects.toEqual(refusal('gone'));
		await expect(artifacts.promote(client, run, report)).rejects.toEqual(refusal('gone'));
		await expect(artifacts.archive(client, run)).rejects.toEqual(refusal('gone'));
		await expect(artifacts.setRetention(client, run, { pinned: true })).rejects.toEqual(
			refusal('gone')
		);
		expect((await artifacts.list(client, {})).artifacts).toEqual([]);
		expect(artifacts.listPage(client, 50)).toEqual([]);
	});

	it('R37 lets everyone read public artifacts and nobody change them', async () => {
		await world.addClient(PUBLIC_CLIENT);
		const shared = await world.addRun(PUBLIC_CLIENT, { status: 'completed' });
		await world.output(shared, 'old.csv', 'a,b');
		await world.collect(shared, PUBLIC_CLIENT);
		const { artifacts } = world;
		expect(await world.textOf(client, shared, 'old.csv')).toBe('a,b');
		expect((await artifacts.list(client, {})).artifacts.map((r) => r.run_id)).toContain(shared);
		expect((await artifacts.promote(client, shared, parseFileName('old.csv'))).created).toBe(true);
		for (const write of [
			artifacts.setRetention(client, shared, { pinned: true }),
			artifacts.removeRun(client, shared),
			artifacts.removeFile(client, shared, parseFileName('old.csv'))
		])
			await expect(write).rejects.toEqual(refusal('forbidden'));
		expect(await artifacts.clear(client, 0)).toEqual([]);
		expect(await world.textOf(client, shared, 'old.csv')).toBe('a,b');
	});
});

describe('retention', () => {
	it('R30 keeps a pinned run past its time and for one more retention when unpinned', async () => {
		const expiresAt = await world.endRun(run);
		await world.artifacts.setRetention(client, run, { pinned: true });
		world.clock.now = new Date(expiresAt.getTime() + 1000 * HOUR_MS);
		await world.artifacts.sweep();
		expect((await world.artifacts.get(client, run)).pinned).toBe(true);
		const unpinned = await world.artifacts.setRetention(client, run, { pinned: false });
		expect(unpinned.expires_at).toBe(
			new Date(world.clock.now.getTime() + 168 * HOUR_MS).toISOString()
		);
	});

	it('R30 extends a run, refuses a time that is not in the future, and an active run', async () => {
		const later = new Date('2027-01-01T00:00:00.000Z');
		const { setRetention } = world.artifacts;
		await expect(setRetention(client, run, { expires_at: later })).rejects.toEqual(
			refusal('conflict')
		);
		expect((await setRetention(client, run, { pinned: true })).pinned).toBe(true);
		await world.endRun(run);
		const kept = await setRetention(client, run, { expires_at: later, pinned: false });
		expect(kept).toMatchObject({ expires_at: later.toISOString(), pinned: false });
		await expect(setRetention(client, run, { expires_at: world.clock.now })).rejects.toEqual(
			refusal('invalid')
		);
	});

	it('R30 deletes one name with all its versions, rows and files', async () => {
		await world.output(run, 'report.md', 'second');
		await world.output(run, 'other.md', 'stays');
		await world.collect(run, client);
		await world.endRun(run);
		expect(filesOnDisk()).toHaveLength(3);
		await world.artifacts.removeFile(client, run, report);
		expect(names((await world.artifacts.get(client, run)).artifacts)).toEqual(['other.md v1']);
		expect(filesOnDisk()).toEqual(['other.md']);
		await expect(world.artifacts.removeFile(client, run, report)).rejects.toEqual(
			refusal('not_found')
		);
	});

	it("R30 deletes a run's artifacts with their folder; the run stays and they answer gone", async () => {
		await world.endRun(run);
		await world.artifacts.removeRun(client, run);
		expect(existsSync(world.layout.resolve(artifactsFolder(client, run)))).toBe(false);
		await expect(world.artifacts.get(client, run)).rejects.toEqual(refusal('gone'));
		expect(world.db.raw.prepare('select count(*) from runs').pluck().get()).toBe(1);
		expect(await world.artifacts.usage(client)).toEqual({ bytes: 0 });
	});

	it('R30 refuses to delete from a run at work, whose next collect would bring it back', async () => {
		const { removeFile, removeRun } = world.artifacts;
		await expect(removeFile(client, run, report)).rejects.toEqual(refusal('conflict'));
		await expect(removeRun(client, run)).rejects.toEqual(refusal('conflict'));
	});

	it('R30 clears what ended long enough ago, and never active, pinned or younger runs', async () => {
		const made: RunId[] = [];
		for (const status of ['completed', 'failed', 'running', 'completed'] as const) {
			const id = await world.addRun(client, { status });
			await world.output(id, 'a.txt', id);
			await world.collect(id, client);
			if (status !== 'running') await world.endRun(id, status);
			made.push(id);
		}
		const [old = run, failed = run, active = run, pinned = run] = made;
		await world.artifacts.setRetention(client, pinned, { pinned: true });
		world.clock.now = new Date(world.clock.now.getTime() + 24 * HOUR_MS);
		await world.endRun(run);
		expect((await world.artifacts.clear(client, 24)).sort()).toEqual([old, failed].sort());
		const left = (await world.artifacts.list(client, {})).artifacts.map((r) => r.run_id);
		expect(left.sort()).toEqual([run, active, pinned].sort());
		expect(filesOnDisk(client, old)).toEqual([]);
		expect(filesOnDisk(client, active)).toEqual(['a.txt']);
	});
});

describe('sweep', () => {
	it('R29 removes rows and files of expired runs and leaves the run in the history', async () => {
		const fresh = await world.addRun(client);
		await world.output(fresh, 'a.txt', 'x');
		await world.collect(fresh, client);
		world.clock.now = await world.endRun(run);
		await world.artifacts.sweep();
		expect(filesOnDisk()).toEqual([]);
		expect(existsSync(world.layout.resolve(artifactsFolder(client, run)))).toBe(false);
		expect(filesOnDisk(client, fresh)).toEqual(['a.txt']);
		expect(world.db.raw.prepare('select run_id from artifacts').pluck().all()).toEqual([fresh]);
		expect(world.db.raw.prepare('select count(*) from runs').pluck().get()).toBe(2);
		await expect(world.artifacts.get(client, run)).rejects.toEqual(refusal('gone'));
	});

	it('R29 does not touch a running run, whatever its expiry says', async () => {
		await world.endRun(run, 'running');
		world.clock.now = new Date(world.clock.now.getTime() + 1000 * HOUR_MS);
		await world.artifacts.sweep();
		expect(filesOnDisk()).toEqual(['report.md']);
		expect((await world.artifacts.get(client, run)).artifacts).toHaveLength(1);
	});

	it('R29 logs a bad item and goes on with the rest', async () => {
		const bad = await world.addRun(client);
		await world.output(bad, 'bad.txt', 'x');
		await world.collect(bad, client);
		await world.endRun(bad);
		world.db.raw
			.prepare('update artifacts set storage_key = ? where run_id = ?')
			.run('../../etc/passwd', bad);
		world.clock.now = await world.endRun(run);
		await world.artifacts.sweep();
		expect(filesOnDisk()).toEqual([]);
		expect(world.logged.join()).toContain(bad);
		expect(existsSync('/etc/passwd')).toBe(true);
	});
});

describe('promote', () => {
	it('R31 tells the library where the file comes from, and twice is once', async () => {
		const { file, created } = await world.artifacts.promote(client, run, report);
		expect(created).toBe(true);
		const [artifact] = (await world.artifacts.get(client, run)).artifacts;
		expect(file.origin).toEqual({
			run_id: run,
			agent_id: 'writer',
			filename: 'report.md',
			version: 1,
			sha256: artifact?.sha256,
			generated_at: '2026-11-21T12:00:00.000Z'
		});
		expect(await world.artifacts.promote(client, run, report)).toEqual({ file, created: false });
	});

	it('R31 promotes the version that is asked for, and the copy outlives expiry and sweep', async () => {
		await world.output(run, 'report.md', 'second');
		await world.collect(run, client);
		const first = await world.artifacts.promote(client, run, report, 1);
		const latest = await world.artifacts.promote(client, run, report);
		expect(latest.file.origin?.version).toBe(2);
		world.clock.now = await world.endRun(run);
		await world.artifacts.sweep();
		const library = (name: string) => `${world.layout.root}/library/${client}/${name}`;
		expect(readFileSync(library(first.file.name), 'utf8')).toBe('first');
		expect(readFileSync(library(latest.file.name), 'utf8')).toBe('second');
	});

	it('R31 answers gone when the file has vanished from disk', async () => {
		const { key } = await world.artifacts.find(client, run, report);
		await world.files.remove(key);
		await expect(world.artifacts.promote(client, run, report)).rejects.toEqual(refusal('gone'));
	});
});

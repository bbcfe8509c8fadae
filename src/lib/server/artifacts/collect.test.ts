import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DomainError } from '../../domain/errors';
import { parseFileName } from '../../domain/file-name';
import type { ClientId, RunId } from '../../domain/ids';
import { artifactsFolder, outputFolder, storedKey } from '../storage/layout';
import { createArtifacts } from './artifacts';
import { agentId, child, names, openArtifacts, type World } from './testing';

let world: World;
let client: ClientId;
let run: RunId;

async function open(config: Parameters<typeof openArtifacts>[0] = {}): Promise<void> {
	world = openArtifacts(config);
	client = await world.addClient();
	run = await world.addRun(client);
}

beforeEach(() => open());
afterEach(() => world.close());

async function reopen(config: Parameters<typeof openArtifacts>[0]): Promise<void> {
	await world.close();
	await open(config);
}

const artifactsOf = async () => (await world.artifacts.get(client, run)).artifacts;
const refusedOf = async () => (await world.artifacts.get(client, run)).refused;
const outputPath = (name: string) => world.layout.resolve(child(outputFolder(run), name));

describe('collect', () => {
	it('R24 R25 records name, version, agent, size, type, digest and time of a new file', async () => {
		await world.output(run, 'report.md', 'hello');
		const { artifacts, refused } = await world.collect(run, client, 'profiler');
		expect(refused).toEqual([]);
		expect(artifacts).toEqual([
			{
				filename: 'report.md',
				version: 1,
				agent_id: 'profiler',
				generated_at: '2026-11-21T12:00:00.000Z',
				size_bytes: 5,
				content_type: 'text/markdown',
				sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'
			}
		]);
		expect(await artifactsOf()).toEqual(artifacts);
		expect(await world.textOf(client, run, 'report.md')).toBe('hello');
	});

	it('R24 keeps the output where it is and shares its bytes with the artifact', async () => {
		await world.output(run, 'a.txt', 'same bytes');
		await world.collect(run, client);
		const file = await world.artifacts.find(client, run, parseFileName('a.txt'));
		const kept = statSync(world.layout.resolve(file.key));
		expect(kept.ino).toBe(statSync(outputPath('a.txt')).ino);
		expect(kept.mode & 0o777).toBe(0o440);
		expect(file.key.startsWith(`artifacts/${client}/${run}/`)).toBe(true);
	});

	it('R24 records nothing before the commit', async () => {
		await world.output(run, 'a.txt', 'x');
		await world.artifacts.collector.prepare(run, client, agentId('writer'));
		expect(await artifactsOf()).toEqual([]);
	});

	it('R26 knows an unchanged file by its inode and makes no version of it', async () => {
		await world.output(run, 'a.txt', 'x');
		await world.collect(run, client, 'first');
		const again = await world.collect(run, client, 'second');
		expect(again.artifacts).toEqual([]);
		expect(names(await artifactsOf())).toEqual(['a.txt v1']);
	});

	it('R26 makes no version of a file written again with the same bytes', async () => {
		await world.output(run, 'a.txt', 'x');
		await world.collect(run, client);
		await world.output(run, 'a.txt', 'x');
		expect((await world.collect(run, client)).artifacts).toEqual([]);
	});

	it('R26 makes a version of a file written again with other bytes and keeps the old one', async () => {
		await world.output(run, 'a.txt', 'one');
		await world.collect(run, client, 'first');
		await world.output(run, 'a.txt', 'two');
		await world.collect(run, client, 'second');
		await world.output(run, 'a.txt', 'one');
		await world.collect(run, client, 'third');
		const artifacts = await artifactsOf();
		expect(names(artifacts)).toEqual(['a.txt v3', 'a.txt v2', 'a.txt v1']);
		expect(artifacts.map((a) => a.agent_id)).toEqual(['third', 'second', 'first']);
		expect(await world.textOf(client, run, 'a.txt', 1)).toBe('one');
		expect(await world.textOf(client, run, 'a.txt', 2)).toBe('two');
		expect(await world.textOf(client, run, 'a.txt')).toBe('one');
	});

	it('R27 loses none of fifty files at once', async () => {
		for (let i = 0; i < 50; i++) await world.output(run, `file-${i}.csv`, `row ${i}`);
		expect((await world.collect(run, client)).artifacts).toHaveLength(50);
		for (let i = 0; i < 50; i++)
			expect(await world.textOf(client, run, `file-${i}.csv`)).toBe(`row ${i}`);
	});

	it('R27 attributes every file to its writer when two agents write under the lock', async () => {
		let lock = Promise.resolve();
		const locked = (work: () => Promise<unknown>) =>
			(lock = lock.then(async () => void (await work())));
		async function agent(name: string): Promise<void> {
			for (let i = 0; i < 10; i++)
				await locked(async () => {
					await world.output(run, `${name}-${i}.txt`, `${name} ${i}`);
					await world.output(run, 'shared.txt', `${name} ${i}`);
					await world.collect(run, client, name);
				});
		}
		await Promise.all([agent('left'), agent('right')]);
		const artifacts = await artifactsOf();
		for (const artifact of artifacts) {
			const text = await world.textOf(client, run, artifact.filename, artifact.version);
			expect(text.split(' ')[0]).toBe(artifact.agent_id);
		}
		const shared = artifacts.filter((a) => a.filename === 'shared.txt').map((a) => a.version);
		expect(shared).toEqual(Array.from({ length: 20 }, (_, i) => 20 - i));
		expect(artifacts).toHaveLength(40);
	});

	it('R24 refuses links, folders, pipes and sockets, follows none, and keeps the rest', async () => {
		await world.output(run, 'good.txt', 'kept');
		symlinkSync('/etc/passwd', outputPath('passwd.txt'));
		symlinkSync('nowhere', outputPath('dangling.txt'));
		mkdirSync(outputPath('folder'));
		writeFileSync(outputPath('folder') + '/inside.txt', 'x');
		execFileSync('mkfifo', [outputPath('pipe')]);
		const server = createServer().listen(outputPath('socket'));
		await new Promise((resolve) => server.once('listening', resolve));
		const { artifacts, refused } = await world.collect(run, client);
		server.close();
		expect(names(artifacts)).toEqual(['good.txt v1']);
		expect(refused.map((r) => [r.filename, r.code])).toEqual([
			['dangling.txt', 'unsupported'],
			['folder', 'unsupported'],
			['passwd.txt', 'unsupported'],
			['pipe', 'unsupported'],
			['socket', 'unsupported']
		]);
		expect(new Set(refused.map((r) => r.message)).size).toBe(4);
		expect(await refusedOf()).toHaveLength(5);
	});

	it('R24 records a refusal once, not again at each collect, but does when the reason changes', async () => {
		await world.output(run, '.hidden', 'x');
		expect((await world.collect(run, client)).refused).toHaveLength(1);
		expect((await world.collect(run, client)).refused).toEqual([]);
		mkdirSync(outputPath('a.txt'));
		await world.collect(run, client);
		renameSync(outputPath('a.txt'), outputPath('b.txt'));
		symlinkSync('b.txt', outputPath('a.txt'));
		expect((await world.collect(run, client)).refused.map((r) => r.filename)).toEqual([
			'a.txt',
			'b.txt'
		]);
		expect(await refusedOf()).toHaveLength(4);
	});

	it('R24 refuses names that no file may have, with the reason', async () => {
		await world.files.makeFolder(outputFolder(run));
		for (const name of ['.env', 'a\\b.txt', 'line\nbreak.txt', ' ', '\u0085.txt'])
			writeFileSync(`${world.layout.resolve(outputFolder(run))}/${name}`, 'x');
		const bytes = Buffer.from(`${world.layout.resolve(outputFolder(run))}/bad-\xff.txt`, 'latin1');
		writeFileSync(bytes, 'x');
		const { artifacts, refused } = await world.collect(run, client);
		expect(artifacts).toEqual([]);
		expect(refused.map((r) => r.code)).toEqual(Array.from({ length: 6 }, () => 'invalid'));
		expect(refused.find((r) => r.filename === '.env')?.message).toContain('start with "."');
	});

	it('R24 collects a name in another normal form under its NFC name, and refuses its double', async () => {
		await world.output(run, 're\u0301sume\u0301.txt', 'decomposed');
		expect(names((await world.collect(run, client)).artifacts)).toEqual(['résumé.txt v1']);
		expect((await world.collect(run, client)).artifacts).toEqual([]);
		await world.output(run, 'r\u00e9sum\u00e9.txt', 'composed');
		const { artifacts, refused } = await world.collect(run, client);
		expect(artifacts).toEqual([]);
		expect(refused.map((r) => r.code)).toEqual(['conflict']);
	});

	it('R24 refuses a file over the size limit and keeps one of exactly that size', async () => {
		await reopen({ maxFileBytes: 10 });
		await world.output(run, 'exact.txt', '0123456789');
		await world.output(run, 'over.txt', '0123456789+');
		const { artifacts, refused } = await world.collect(run, client);
		expect(names(artifacts)).toEqual(['exact.txt v1']);
		expect(refused).toMatchObject([{ filename: 'over.txt', code: 'too_large' }]);
	});

	it("R24 refuses what the client's quota has no room for, across runs that collect at once", async () => {
		await reopen({ quotaBytes: 10 });
		const other = await world.addRun(client);
		await world.output(run, 'a.txt', '123456');
		await world.output(other, 'b.txt', '123456');
		await world.output(other, 'c.txt', '1234');
		const first = await world.artifacts.collector.prepare(run, client, agentId('one'));
		const second = await world.collect(other, client, 'two');
		await world.db.write(() => first.commit());
		expect(names(first.artifacts)).toEqual(['a.txt v1']);
		expect(names(second.artifacts)).toEqual(['c.txt v1']);
		expect(second.refused).toMatchObject([{ filename: 'b.txt', code: 'too_large' }]);
		expect(await world.artifacts.usage(client)).toEqual({ bytes: 10 });
		const stranger = await world.addClient();
		const theirs = await world.addRun(stranger);
		await world.output(theirs, 'd.txt', '1234567890');
		expect((await world.collect(theirs, stranger)).refused).toEqual([]);
	});

	it('R24 records what a tool refused in the same way', async () => {
		const reported = [
			{ filename: 'n'.repeat(300) + '\ud800', code: 'invalid', message: 'Too long.' },
			{ filename: 'sub/x.txt', code: 'unsupported', message: 'A folder.' }
		];
		expect((await world.collect(run, client, 'coder', reported)).refused).toHaveLength(2);
		expect((await world.collect(run, client, 'coder', reported)).refused).toEqual([]);
		expect((await refusedOf()).map((r) => [r.agent_id, r.code])).toEqual([
			['coder', 'invalid'],
			['coder', 'unsupported']
		]);
	});

	it('R24 refuses with the reason when the disk fails, and the run goes on', async () => {
		await world.output(run, 'a.txt', 'x');
		const folder = artifactsFolder(client, run);
		// A file where the run's folder should be: every link into it fails.
		await world.files.makeFolder(storedKey(`artifacts/${client}`));
		world.plant(folder, 'in the way');
		const { artifacts, refused } = await world.collect(run, client);
		expect(artifacts).toEqual([]);
		expect(refused).toMatchObject([{ filename: 'a.txt', code: 'unavailable' }]);
		expect(world.logged.join()).toContain('could not be collected');
	});

	it('R24 refuses as no_space what a full disk cannot take, and takes the rest', async () => {
		const full = createArtifacts({
			...world.deps,
			files: {
				...world.files,
				async link(source, folder, name) {
					if (name === 'b.txt') throw new DomainError('no_space', 'The disk is full.');
					return world.files.link(source, folder, name);
				}
			}
		});
		for (const name of ['a.txt', 'b.txt', 'c.txt']) await world.output(run, name, name);
		const { artifacts, refused } = await full.collector.prepare(run, client, agentId('writer'));
		expect(names(artifacts)).toEqual(['a.txt v1', 'c.txt v1']);
		expect(refused).toMatchObject([{ filename: 'b.txt', code: 'no_space' }]);
	});

	it('collects a run without an output folder as nothing', async () => {
		expect(await world.collect(run, client)).toMatchObject({ artifacts: [], refused: [] });
	});
});

import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFileName } from '../../domain/file-name';
import type { ClientId, RunId } from '../../domain/ids';
import { artifactsFolder, storedKey } from '../storage/layout';
import { agentId, child, names, openArtifacts, type World } from './testing';

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
const filesOnDisk = () => readdirSync(world.layout.resolve(artifactsFolder(client, run)));

describe('reconcile', () => {
	it('R24 removes at the next start what was linked and never committed', async () => {
		await world.output(run, 'lost.txt', 'x');
		await world.artifacts.collector.prepare(run, client, agentId('writer'));
		expect(filesOnDisk().sort()).toEqual(['lost.txt', 'report.md']);
		await world.restart().reconcile();
		expect(filesOnDisk()).toEqual(['report.md']);
		expect(world.logged.join()).toContain('"orphans":1');
		expect(names((await world.collect(run, client)).artifacts)).toEqual(['lost.txt v1']);
	});

	it('leaves alone what this very process is collecting', async () => {
		const server = world.restart();
		await world.output(run, 'new.txt', 'x');
		const collected = await server.collector.prepare(run, client, agentId('writer'));
		await server.reconcile();
		await world.db.write(() => collected.commit());
		expect(await world.textOf(client, run, 'new.txt')).toBe('x');
	});

	it('flags a row whose file is missing, tells of it, and takes it back when the file returns', async () => {
		const { key } = await world.artifacts.find(client, run, report);
		await world.files.remove(key);
		await world.restart().reconcile();
		expect(await world.artifacts.get(client, run)).toMatchObject({
			artifacts: [],
			refused: [{ filename: 'report.md', code: 'gone' }]
		});
		await expect(world.artifacts.find(client, run, report)).rejects.toEqual(refusal('gone'));
		expect(world.artifacts.listPage(client, 50)).toEqual([]);
		world.plant(key, 'first');
		await world.restart().reconcile();
		expect(await world.textOf(client, run, 'report.md')).toBe('first');
	});

	it('collects a file again whose kept copy is missing', async () => {
		await world.files.remove((await world.artifacts.find(client, run, report)).key);
		await world.restart().reconcile();
		expect(names((await world.collect(run, client)).artifacts)).toEqual(['report.md v2']);
	});

	it('R37 leaves legacy folders for their own command', async () => {
		const folder = storedKey('artifacts/8c1f6e3a-4b8f-4a57-9a58-1d3c4b1f0a11');
		await world.files.makeFolder(folder);
		world.plant(child(folder, 'keep.txt'), 'legacy');
		await world.restart().reconcile();
		expect(await world.files.names(folder)).toEqual(['keep.txt']);
	});
});

import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFileName } from '../../domain/file-name';
import type { ClientId, RunId } from '../../domain/ids';
import type { Files } from '../storage/files';
import { createArtifacts } from './artifacts';
import { openArtifacts, type World } from './testing';

let world: World;
let client: ClientId;
let run: RunId;

beforeEach(async () => {
	world = openArtifacts();
	client = await world.addClient();
	run = await world.addRun(client);
});
afterEach(() => world.close());

/** Names and contents of a zip whose entries are stored, not deflated, by its central directory. */
function unzip(zip: Buffer): Record<string, string> {
	const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
	const entries: Record<string, string> = {};
	let at = zip.readUInt32LE(end + 16);
	for (let n = zip.readUInt16LE(end + 10); n > 0; n--) {
		expect(zip.readUInt16LE(at + 10)).toBe(0);
		const size = zip.readUInt32LE(at + 24);
		const nameLength = zip.readUInt16LE(at + 28);
		const extraLength = zip.readUInt16LE(at + 30);
		const local = zip.readUInt32LE(at + 42);
		const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
		const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
		expect(entries[name]).toBeUndefined();
		entries[name] = zip.toString('utf8', data, data + size);
		at += 46 + nameLength + extraLength;
	}
	return entries;
}

/** Files that count what is open. */
function counting(files: Files): { files: Files; open(): number; opened(): number } {
	let open = 0;
	let opened = 0;
	return {
		open: () => open,
		opened: () => opened,
		files: {
			...files,
			async open(key) {
				const found = await files.open(key);
				if (!found) return null;
				open++;
				opened++;
				const close = found.handle.close.bind(found.handle);
				found.handle.close = async () => {
					await close();
					open--;
				};
				return found;
			}
		}
	};
}

describe('archive', () => {
	it('R32 holds the latest version of every name once, with its Unicode name', async () => {
		await world.output(run, 'résumé 📈.md', 'first');
		await world.output(run, 'a.csv', 'a,b');
		await world.output(run, 'empty.txt', '');
		await world.collect(run, client);
		await world.output(run, 'résumé 📈.md', 'second');
		await world.collect(run, client);
		const archive = await world.artifacts.archive(client, run);
		expect(archive.name).toBe(`raro-${run.slice(0, 8)}.zip`);
		const zip = await buffer(archive.stream);
		expect(BigInt(zip.byteLength)).toBe(archive.sizeBytes);
		expect(unzip(zip)).toEqual({ 'a.csv': 'a,b', 'empty.txt': '', 'résumé 📈.md': 'second' });
	});

	it('R32 keeps apart what would be one file where case does not count', async () => {
		for (const name of ['A.txt', 'a (2).txt', 'a.txt']) await world.output(run, name, name);
		await world.collect(run, client);
		const archive = await world.artifacts.archive(client, run);
		expect(unzip(await buffer(archive.stream))).toEqual({
			'A.txt': 'A.txt',
			'a (2).txt': 'a (2).txt',
			'a (3).txt': 'a.txt'
		});
	});

	it('R32 is an empty zip when there is nothing', async () => {
		const archive = await world.artifacts.archive(client, run);
		expect(unzip(await buffer(archive.stream))).toEqual({});
	});

	it('R32 opens one file at a time and closes it when the reader goes away', async () => {
		for (let i = 0; i < 5; i++) await world.output(run, `${i}.txt`, 'x'.repeat(700_000));
		await world.collect(run, client);
		const { files, open, opened } = counting(world.files);
		const archive = await createArtifacts({ ...world.deps, files }).archive(client, run);
		expect(opened()).toBe(0);
		const reader = archive.stream.getReader();
		while (opened() < 2) {
			await reader.read();
			expect(open()).toBeLessThanOrEqual(1);
		}
		await reader.cancel('gone');
		await expect.poll(open).toBe(0);
		expect(opened()).toBeLessThan(5);
	});

	it('fails, and leaves nothing open, when a file is gone from disk', async () => {
		for (const name of ['a.txt', 'b.txt']) await world.output(run, name, name);
		await world.collect(run, client);
		await world.files.remove((await world.artifacts.find(client, run, parseFileName('b.txt'))).key);
		const { files, open } = counting(world.files);
		const archive = await createArtifacts({ ...world.deps, files }).archive(client, run);
		await expect(buffer(archive.stream)).rejects.toThrow('missing');
		await expect.poll(open).toBe(0);
	});
});

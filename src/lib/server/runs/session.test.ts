import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseFileName } from '../../domain/file-name';
import { parseRunId, type ClientId } from '../../domain/ids';
import { openStage, request, say, text } from '../engine/testing';

const sha256 = (raw: string) => createHash('sha256').update(raw).digest('hex');
let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

async function openRun() {
	const engine = stage.openEngine();
	await stage.addToLibrary(client, 'data.csv', 'a,b\n1,2\n');
	const run = await engine.start(client, request({ a: [] }, { attached_files: ['data.csv'] }));
	await engine.over(client, run);
	const folder = (side: string) => path.join(stage.layout.root, 'sessions', run, side);
	return { engine, run, folder, sessions: engine.sessions };
}

test('R13 an attachment is a second name of the library file, however often it is prepared', async () => {
	const { run, folder, sessions } = await openRun();
	const key = await stage.addToLibrary(client, 'data.csv', 'a,b\n1,2\n').then(() => null);
	expect(key).toBeNull();
	const before = statSync(path.join(folder('input'), 'data.csv'));
	expect(before.nlink).toBe(2);
	await sessions.create(run, client, [parseFileName('data.csv')]);
	expect((await sessions.listFiles(client, run)).input).toEqual([
		{ name: 'data.csv', size_bytes: 8 }
	]);
});

test('R21 an attachment is known by the digest of what was linked, also when the library changes', async () => {
	const { run, sessions } = await openRun();
	const name = parseFileName('data.csv');
	const digest = sha256('a,b\n1,2\n');
	expect(await sessions.create(run, client, [name])).toEqual({ [name]: digest });
	await stage.addToLibrary(client, 'data.csv', 'replaced');
	expect(await sessions.create(run, client, [name])).toEqual({ [name]: digest });
	stage.library.delete('data.csv');
	expect(await sessions.create(run, client, [name])).toEqual({ [name]: digest });
	const known = { [name]: 'as told before' };
	expect(await sessions.create(run, client, [name], known)).toEqual(known);
});

test('R21 a run is resumed although its attachment has left the library', async () => {
	let broken = true;
	const scripts = {
		a: () => {
			if (broken) throw new Error('broken');
			return say('done');
		}
	};
	const engine = stage.openEngine({ scripts });
	await stage.addToLibrary(client, 'data.csv', 'a,b\n');
	const run = await engine.start(client, request({ a: [] }, { attached_files: ['data.csv'] }));
	await engine.over(client, run);
	stage.library.delete('data.csv');
	broken = false;
	await engine.resume(client, run);
	expect((await engine.over(client, run)).status).toBe('completed');
});

test('outputs hide inputs of the same name, and an input never changes', async () => {
	const { run, sessions, folder } = await openRun();
	const name = parseFileName('data.csv');
	await sessions.write(run, name, text('new'));
	await sessions.write(run, name, text('newer'));
	const files = sessions.files(run);
	expect(await files.list()).toMatchObject([{ name: 'data.csv', from: 'output', sizeBytes: 5 }]);
	const found = await files.find(name);
	expect(found?.from).toBe('output');
	if (found) expect(Buffer.from(await files.read(found, 3)).toString()).toBe('new');
	expect(statSync(path.join(folder('output'), 'data.csv')).mode & 0o777).toBe(0o440);
	expect(statSync(path.join(folder('input'), 'data.csv')).size).toBe(8);
	const listed = await sessions.listFiles(client, run);
	expect(listed.input).toHaveLength(1);
	expect(listed.output).toEqual([{ name: 'data.csv', size_bytes: 5 }]);
});

test('R15 links, folders, FIFOs and hidden files are neither listed, found nor opened', async () => {
	const { run, sessions, folder } = await openRun();
	const at = (name: string) => path.join(folder('output'), name);
	writeFileSync(path.join(stage.layout.root, 'secret'), 'secret');
	symlinkSync(path.join(stage.layout.root, 'secret'), at('link.txt'));
	symlinkSync('/dev/zero', at('zero.txt'));
	mkdirSync(at('folder.txt'));
	execFileSync('mkfifo', [at('fifo.txt')]);
	writeFileSync(at('.hidden'), 'x');
	const files = sessions.files(run);
	expect((await files.list()).map((file) => file.name)).toEqual(['data.csv']);
	for (const raw of ['link.txt', 'zero.txt', 'folder.txt', 'fifo.txt']) {
		const name = parseFileName(raw);
		expect(await files.find(name)).toBeNull();
		await expect(sessions.find(client, run, name)).rejects.toMatchObject({ code: 'not_found' });
		const forged = { name, sizeBytes: 1, contentType: '', from: 'output', path: at(raw) } as const;
		await expect(files.read(forged, 10)).rejects.toMatchObject({ code: 'not_found' });
	}
});

test('a file is served under an entity tag that changes when the file is replaced', async () => {
	const { run, sessions } = await openRun();
	const name = parseFileName('out.txt');
	await sessions.write(run, name, text('one'));
	const first = await sessions.find(client, run, name);
	expect(await sessions.find(client, run, name)).toEqual(first);
	await sessions.write(run, name, text('two'));
	expect((await sessions.find(client, run, name)).sha256).not.toBe(first.sha256);
});

test('R28 reconcile removes folders of no run and keeps all others', async () => {
	const { run, sessions, folder } = await openRun();
	const stray = parseRunId('00000000-0000-4000-8000-000000000000');
	await sessions.create(stray, client, []);
	await sessions.reconcile();
	expect(existsSync(folder('input'))).toBe(true);
	expect(existsSync(path.join(stage.layout.root, 'sessions', stray))).toBe(false);
	expect((await sessions.listFiles(client, run)).input).toHaveLength(1);
});

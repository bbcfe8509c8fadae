import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { sandboxContract } from './contract';
import { createLocalSandbox } from './local';
import { localSandboxFor, runCode, silent, testCache } from './testing';

sandboxContract('local, wrapped', () => localSandboxFor('wrapped'));
sandboxContract('local, plain', () => localSandboxFor('plain'));

const { TMPDIR } = process.env;
afterEach(() => {
	if (TMPDIR === undefined) delete process.env.TMPDIR;
	else process.env.TMPDIR = TMPDIR;
});

test('what a killed server leaves in the temporary folder is used again, not added to', async () => {
	const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'raro-restart-'));
	await fs.chmod(folder, 0o755);
	process.env.TMPDIR = folder;
	const start = () => createLocalSandbox({ cache: testCache, log: silent, concurrency: 1 });
	const copies = async () =>
		(await fs.readdir(folder, { recursive: true })).filter((name) => name.endsWith('.snapshot'));
	const first = start();
	expect(await runCode(first, 'python', 'print(1)')).toMatchObject({ ok: true });
	const left = await copies();
	// Only root needs a copy at all. The first one is not stopped: it might have been killed.
	expect(left).toHaveLength(process.getuid?.() === 0 ? 1 : 0);
	const second = start();
	expect(await runCode(second, 'python', 'print(2)')).toMatchObject({ ok: true });
	expect(await copies()).toEqual(left);
	// A cache that is gone takes its copy with it at the next start of any server.
	const gone = path.join(folder, 'gone');
	const orphan = createLocalSandbox({ cache: gone, log: silent, concurrency: 1 });
	await orphan.ready();
	await orphan.stop();
	await fs.rm(gone, { recursive: true });
	const third = start();
	await third.ready();
	await third.stop();
	const folders = (await fs.readdir(folder)).filter((name) => name.startsWith('raro-sandbox-'));
	expect(folders).toHaveLength(left.length);
	await Promise.all([first.stop(), second.stop()]);
	await fs.rm(folder, { recursive: true });
});

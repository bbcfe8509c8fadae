import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StartupError } from '../platform/startup-error';
import { createLayout, type Layout } from './layout';
import { lockStorage } from './lock';
import { emptyTemp, prepareStorage, storageHealth } from './prepare';

let layout: Layout;
beforeEach(async () => {
	layout = createLayout(await fs.mkdtemp(path.join(tmpdir(), 'raro-lock-')));
});
afterEach(() => fs.rm(layout.root, { recursive: true, force: true }));

const HOLDER = `
	const Database = require('better-sqlite3');
	const db = new Database(process.argv[1]);
	db.pragma('locking_mode = EXCLUSIVE');
	db.exec('begin exclusive');
	console.log('held');
	setInterval(() => {}, 1000);
`;

test('R5 a second server on the same root refuses to start and names the root', () => {
	const lock = lockStorage(layout);
	expect(() => lockStorage(layout)).toThrow(StartupError);
	expect(() => lockStorage(layout)).toThrow(layout.root);
	lock.release();
	lockStorage(layout).release();
});

test('R5 another process is kept out, and kill -9 leaves no stale lock', async () => {
	const child = spawn(process.execPath, ['-e', HOLDER, layout.lock], {
		stdio: ['ignore', 'pipe', 'inherit']
	});
	await once(child.stdout, 'data');
	expect(() => lockStorage(layout)).toThrow(/Another Raro server/);
	child.kill('SIGKILL');
	await once(child, 'exit');
	lockStorage(layout).release();
});

test('R5 makes its folders for the owner and the group only, and says what is free', async () => {
	await prepareStorage(layout);
	await prepareStorage(layout);
	for (const name of ['library', 'sessions', 'artifacts', '.tmp', '.cache'])
		expect((await fs.stat(path.join(layout.root, name))).mode & 0o007).toBe(0);
	const health = await storageHealth(layout);
	expect(health.writable).toBe(true);
	expect(health.free_bytes).toBeGreaterThan(0);
});

test('R5 a root that cannot be written to is named plainly', async () => {
	const file = path.join(layout.root, 'file');
	await fs.writeFile(file, '');
	const blocked = createLayout(path.join(file, 'storage'));
	await expect(prepareStorage(blocked)).rejects.toThrow(StartupError);
	await expect(prepareStorage(blocked)).rejects.toThrow(blocked.root);
});

test('unfinished files are gone after a start', async () => {
	await prepareStorage(layout);
	await fs.writeFile(path.join(layout.temp, 'torn'), 'x');
	await emptyTemp(layout);
	expect(await fs.readdir(layout.temp)).toEqual([]);
});

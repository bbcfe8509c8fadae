/** Test support: a library on a real database and a real folder, with two clients. */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { afterEach, beforeEach, expect } from 'vitest';
import { parseFileName } from '../../domain/file-name';
import { isClientId, type ClientId } from '../../domain/ids';
import type { OnConflict } from '../../domain/library';
import { createClients, type Clients } from '../clients/clients';
import { openTestDb } from '../db/testing';
import { createLog } from '../platform/log';
import { createFiles, type Files } from '../storage/files';
import { createLayout, libraryFolder, storedKey, type Layout } from '../storage/layout';
import { prepareStorage } from '../storage/prepare';
import { createLibrary, type Library } from './library';

export let opened: ReturnType<typeof openTestDb>;
export let layout: Layout;
export let files: Files;
export let library: Library;
export let clients: Clients;
export let ann: ClientId;
export let ben: ClientId;
const config = { MAX_FILE_BYTES: 100, LIBRARY_QUOTA_BYTES: 250 };

const log = createLog({ LOG_LEVEL: 'silent' });
/** A library like `library`, with other limits. */
export const open = (over: Partial<typeof config> = {}) => openOn(files, over);
/** A library like `library`, on other files. */
export const openOn = (on: Files, over: Partial<typeof config> = {}) =>
	createLibrary({
		db: opened.db,
		files: on,
		config: { ...config, ...over },
		now: () => new Date(1_700_000_000_000),
		newId: randomUUID,
		log
	});

/** Opens everything anew for each test of the file. */
export function useTestLibrary(): void {
	beforeEach(async () => {
		opened = openTestDb();
		layout = createLayout(opened.folder);
		await prepareStorage(layout);
		files = createFiles(layout);
		library = open();
		clients = createClients({ db: opened.db, now: () => new Date(), newId: randomUUID });
		ann = (await clients.create()).client.id;
		ben = (await clients.create()).client.id;
	});
	afterEach(() => opened.close());
}

export async function* text(content: string, chunk = 10) {
	for (let i = 0; i < content.length; i += chunk) yield Buffer.from(content.slice(i, i + chunk));
}

export const add = (name: string, content: string, how: OnConflict = 'keep', who = ann) =>
	library.add(who, parseFileName(name), text(content), how);
export const names = async (who = ann) => (await library.list(who)).map((file) => file.name);
export const onDisk = (who = ann) => files.names(libraryFolder(who));

export async function read(name: string, who = ann): Promise<string | null> {
	const file = await library.find(who, parseFileName(name));
	return file && fs.readFile(layout.resolve(file.key), 'utf8');
}

/** Every row has its file with the right digest, every file has its row, nothing is half. */
export async function expectConsistent(): Promise<void> {
	const keys = new Set<string>();
	for (const owner of await files.names(storedKey('library'))) {
		if (!isClientId(owner)) continue;
		const disk = await files.names(libraryFolder(owner));
		for (const name of disk) keys.add(`${libraryFolder(owner)}/${name}`);
	}
	const rows = opened.db.raw
		.prepare<[], { storage_key: string; sha256: string }>('select * from library_files')
		.all();
	expect(rows.map((row) => row.storage_key).sort()).toEqual([...keys].sort());
	for (const row of rows) expect(await files.sha256(storedKey(row.storage_key))).toBe(row.sha256);
	expect(await fs.readdir(layout.temp)).toEqual([]);
}

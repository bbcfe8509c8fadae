import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { foldName, parseFileName } from '../../domain/file-name';
import { isClientId, type ClientId, PUBLIC_CLIENT } from '../../domain/ids';
import type { OnConflict, Origin } from '../../domain/library';
import { createClients } from '../clients/clients';
import { openTestDb } from '../db/testing';
import { createLog } from '../platform/log';
import { createFiles, type Files } from '../storage/files';
import { createLayout, libraryFolder, storedKey, type Layout } from '../storage/layout';
import { prepareStorage } from '../storage/prepare';
import { createLibrary, type Library } from './library';

let opened: ReturnType<typeof openTestDb>;
let layout: Layout;
let files: Files;
let library: Library;
let ann: ClientId;
let ben: ClientId;
const config = { MAX_FILE_BYTES: 100, LIBRARY_QUOTA_BYTES: 250 };

const log = createLog({ LOG_LEVEL: 'silent' });
const open = (over: Partial<typeof config> = {}) =>
	createLibrary({
		db: opened.db,
		files,
		config: { ...config, ...over },
		now: () => new Date(1_700_000_000_000),
		newId: randomUUID,
		log
	});

beforeEach(async () => {
	opened = openTestDb();
	layout = createLayout(opened.folder);
	await prepareStorage(layout);
	files = createFiles(layout);
	library = open();
	const clients = createClients({ db: opened.db, now: () => new Date(), newId: randomUUID });
	await clients.ensurePublic();
	ann = (await clients.create()).client.id;
	ben = (await clients.create()).client.id;
});
afterEach(() => opened.close());

async function* text(content: string, chunk = 10) {
	for (let i = 0; i < content.length; i += chunk) yield Buffer.from(content.slice(i, i + chunk));
}

const add = (name: string, content: string, how: OnConflict = 'keep', who = ann) =>
	library.add(who, parseFileName(name), text(content), how);
const names = async (who = ann) => (await library.list(who)).map((file) => file.name);
const onDisk = (who = ann) => files.names(libraryFolder(who));

async function read(name: string, who = ann): Promise<string | null> {
	const file = await library.find(who, parseFileName(name));
	return file && fs.readFile(layout.resolve(file.key), 'utf8');
}

/** Every row has its file with the right digest, every file has its row, nothing is half. */
async function expectConsistent(): Promise<void> {
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

describe('add', () => {
	test('R10 describes the file that was kept', async () => {
		expect(await add('Zähl.csv', 'a,b\n')).toEqual({
			name: 'Zähl.csv',
			size_bytes: 4,
			content_type: 'text/csv',
			sha256: createHash('sha256').update('a,b\n').digest('hex'),
			uploaded_at: '2023-11-14T22:13:20.000Z',
			scope: 'private',
			origin: null
		});
		await expectConsistent();
	});

	test('R8 keeps both when the name is taken', async () => {
		for (const content of ['1', '2', '3']) await add('report.csv', content);
		expect(await names()).toEqual(['report (2).csv', 'report (3).csv', 'report.csv']);
		expect(await read('report (3).csv')).toBe('3');
		await expectConsistent();
	});

	test('R8 keeps every one of twenty uploads of one name at once', async () => {
		await Promise.all(Array.from({ length: 20 }, (_, i) => add('r.csv', String(i))));
		const contents = await Promise.all((await names()).map((name) => read(name)));
		expect(contents.map(Number).sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
		await expectConsistent();
	});

	test('R8 replaces only when asked to, and the old bytes are gone', async () => {
		await add('r.csv', 'old');
		expect((await add('R.csv', 'new', 'replace')).name).toBe('R.csv');
		expect(await names()).toEqual(['R.csv']);
		expect(await read('r.csv')).toBe('new');
		expect(await onDisk()).toHaveLength(1);
		await expectConsistent();
	});

	test('R8 replaces at once by many, and one of them wins whole', async () => {
		await Promise.all(Array.from({ length: 10 }, (_, i) => add('r.csv', `v${i}`, 'replace')));
		expect(await names()).toEqual(['r.csv']);
		await expectConsistent();
	});

	test('R8 refuses a taken name when told to, before reading and after', async () => {
		await add('r.csv', '1');
		const neverRead = (async function* (): AsyncGenerator<Uint8Array> {
			throw new Error('was read');
			yield Buffer.alloc(0);
		})();
		const again = library.add(ann, parseFileName('R.CSV'), neverRead, 'error');
		await expect(again).rejects.toMatchObject({ code: 'conflict' });
		const both = await Promise.allSettled([add('n.csv', '1', 'error'), add('n.csv', '2', 'error')]);
		expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
		await expectConsistent();
	});

	test('R9 names that differ only in case or normalisation are one name', async () => {
		await add('Café.csv'.normalize('NFC'), '1');
		await add('CAFÉ.CSV'.normalize('NFD'), '2');
		expect(await names()).toHaveLength(2);
		expect((await names()).map(foldName)).toContain('café (2).csv');
		expect(await read('cafÉ.csv')).toBe('1');
		await expectConsistent();
	});

	test('R9 keeps any name a person would use, up to 255 bytes', async () => {
		for (const name of ['日本語.csv', '😀.csv', '\u202Eevil.csv', `${'é'.repeat(125)}.csv`]) {
			expect((await add(name, 'x')).name).toBe(name);
			expect(Buffer.byteLength((await add(name, 'y')).name)).toBeLessThanOrEqual(255);
		}
		await expectConsistent();
	});

	test('R7 a torn upload leaves no file and no row', async () => {
		const torn = (async function* () {
			yield Buffer.from('half');
			throw new Error('left');
		})();
		await expect(library.add(ann, parseFileName('r.csv'), torn, 'keep')).rejects.toThrow('left');
		expect(await names()).toEqual([]);
		expect(await onDisk()).toEqual([]);
		await expectConsistent();
	});
});

describe('limits', () => {
	test('R7 a file over the limit is refused with the limit, and leaves nothing', async () => {
		await expect(add('r.csv', 'x'.repeat(101))).rejects.toMatchObject({
			code: 'too_large',
			message: 'A file can have at most 100 bytes.'
		});
		await add('r.csv', 'x'.repeat(100));
		await expectConsistent();
	});

	test('R10 the quota is enforced while streaming and names itself', async () => {
		await add('a', 'x'.repeat(100));
		await add('b', 'x'.repeat(100));
		await expect(add('c', 'x'.repeat(51))).rejects.toThrow(/library can hold 250 bytes/);
		await add('c', 'x'.repeat(50));
		expect(await library.usage(ann)).toEqual({ bytes: 250, files: 3 });
		await add('d', 'x'.repeat(100), 'keep', ben);
		await expectConsistent();
	});

	test('R10 what is announced as too much is refused before it is read', async () => {
		const source = text('x');
		const refused = library.add(ann, parseFileName('a'), source, 'keep', 101);
		await expect(refused).rejects.toMatchObject({ code: 'too_large' });
		expect((await source.next()).done).toBe(false);
	});

	test('R10 uploads at once do not get over the quota together', async () => {
		const all = await Promise.allSettled(['a', 'b', 'c', 'd'].map((n) => add(n, 'x'.repeat(100))));
		expect(all.filter((one) => one.status === 'fulfilled')).toHaveLength(2);
		await expectConsistent();
	});

	test('R10 replacing counts the difference only', async () => {
		await add('a', 'x'.repeat(100));
		await add('b', 'x'.repeat(100));
		await add('c', 'x'.repeat(50));
		await add('a', 'y'.repeat(100), 'replace');
		expect((await library.usage(ann)).bytes).toBe(250);
		await expectConsistent();
	});
});

describe('rename and remove', () => {
	test('R10 renames the row and the file', async () => {
		await add('a.csv', '1');
		const renamed = await library.rename(ann, parseFileName('A.csv'), parseFileName('b.md'));
		expect(renamed).toMatchObject({ name: 'b.md', content_type: 'text/markdown' });
		expect(await read('a.csv')).toBeNull();
		expect(await read('b.md')).toBe('1');
		expect(await onDisk()).toEqual(['b.md']);
		await expectConsistent();
	});

	test('R10 changes only the case of a name', async () => {
		await add('a.csv', '1');
		await library.rename(ann, parseFileName('a.csv'), parseFileName('A.CSV'));
		expect(await names()).toEqual(['A.CSV']);
		await expectConsistent();
	});

	test('R8 does not rename onto another file', async () => {
		await add('a.csv', '1');
		await add('b.csv', '2');
		const onto = library.rename(ann, parseFileName('a.csv'), parseFileName('B.csv'));
		await expect(onto).rejects.toMatchObject({ code: 'conflict' });
		expect([await read('a.csv'), await read('b.csv')]).toEqual(['1', '2']);
		await expectConsistent();
	});

	test('deletes once; a second time there is nothing', async () => {
		await add('a.csv', '1');
		await library.remove(ann, parseFileName('a.csv'));
		await expect(library.remove(ann, parseFileName('a.csv'))).rejects.toMatchObject({
			code: 'not_found'
		});
		expect(await onDisk()).toEqual([]);
	});

	test('R34 another client’s file is answered as one that never existed', async () => {
		await add('a.csv', '1');
		const name = parseFileName('a.csv');
		expect(await library.find(ben, name)).toBeNull();
		const mine = await library.remove(ben, name).catch((error: unknown) => error);
		const absent = await library.remove(ben, parseFileName('x')).catch((error: unknown) => error);
		expect(mine).toEqual(absent);
		await expect(library.rename(ben, name, parseFileName('b'))).rejects.toEqual(absent);
		expect(await read('a.csv')).toBe('1');
	});
});

describe('the shared shelf', () => {
	test('R11 a fresh install has samples, once; everybody reads, nobody changes them', async () => {
		library = open({ MAX_FILE_BYTES: 1_000_000 });
		await library.provideSamples();
		await library.provideSamples();
		const shelf = await library.list(ben);
		expect(shelf.length).toBeGreaterThanOrEqual(2);
		expect(shelf.every((file) => file.scope === 'public' && !file.name.endsWith('.ts'))).toBe(true);
		const [first] = shelf;
		const name = parseFileName(first?.name ?? '');
		await expect(library.remove(ben, name)).rejects.toMatchObject({ code: 'forbidden' });
		await expect(library.rename(ben, name, parseFileName('x'))).rejects.toMatchObject({
			code: 'forbidden'
		});
		expect((await library.usage(ben)).bytes).toBe(0);
		await expectConsistent();
	});

	test('R11 samples that were taken off the shelf do not come back', async () => {
		library = open({ MAX_FILE_BYTES: 1_000_000 });
		await library.provideSamples();
		for (const { name } of await library.list(ann))
			await library.remove(PUBLIC_CLIENT, parseFileName(name));
		await library.provideSamples();
		expect(await names()).toEqual([]);
	});

	test('R11 a private file hides a shared one of its name until it is deleted', async () => {
		await add('s.csv', 'shared', 'keep', PUBLIC_CLIENT);
		await add('S.csv', 'mine');
		expect(await names()).toEqual(['S.csv']);
		expect(await read('s.csv')).toBe('mine');
		expect(await read('s.csv', ben)).toBe('shared');
		await library.remove(ann, parseFileName('s.csv'));
		expect(await read('s.csv')).toBe('shared');
	});
});

describe('adopt', () => {
	const origin: Origin = {
		run_id: randomUUID(),
		agent_id: 'writer',
		filename: 'plot.png',
		version: 1,
		sha256: '',
		generated_at: '2026-01-01T00:00:00.000Z'
	};

	async function artifact(content: string) {
		const staged = await files.stage(text(content), 1000);
		const key = await files.place(staged, storedKey('artifacts/x/y'), parseFileName('plot.png'));
		const { sizeBytes, sha256 } = staged;
		return {
			key,
			name: parseFileName('plot.png'),
			sizeBytes,
			sha256,
			contentType: 'image/png',
			origin: { ...origin, sha256 }
		};
	}

	test('R31 keeps a copy with its provenance that survives its source; twice is one', async () => {
		const source = await artifact('png');
		const first = await library.adopt(ann, source);
		expect(first).toMatchObject({ created: true, file: { origin: source.origin } });
		expect(await library.adopt(ann, source)).toEqual({ file: first.file, created: false });
		await files.remove(source.key);
		expect(await read('plot.png')).toBe('png');
		await expectConsistent();
	});

	test('R31 ten promotes of one file at once keep one', async () => {
		const source = await artifact('png');
		const all = await Promise.all(Array.from({ length: 10 }, () => library.adopt(ann, source)));
		expect(all.filter((one) => one.created)).toHaveLength(1);
		expect(await names()).toEqual(['plot.png']);
		await expectConsistent();
	});

	test('R31 keeps both when the name is taken, and comes again after a delete', async () => {
		await add('plot.png', 'mine');
		const source = await artifact('png');
		expect((await library.adopt(ann, source)).file.name).toBe('plot (2).png');
		await library.remove(ann, parseFileName('plot (2).png'));
		expect((await library.adopt(ann, source)).created).toBe(true);
		await expectConsistent();
	});

	test('R10 the quota holds for promoted files too', async () => {
		await add('a', 'x'.repeat(100));
		await add('b', 'x'.repeat(100));
		const source = await artifact('y'.repeat(60));
		await expect(library.adopt(ann, source)).rejects.toMatchObject({ code: 'too_large' });
		await expectConsistent();
	});
});

describe('reconcile', () => {
	test('removes what a crash left between file and row, and nothing else', async () => {
		await add('a.csv', '1');
		await files.place(
			await files.stage(text('orphan'), 99),
			libraryFolder(ann),
			parseFileName('o')
		);
		await library.reconcile();
		expect(await onDisk()).toEqual(['a.csv']);
		expect(await read('a.csv')).toBe('1');
		await expectConsistent();
	});

	test('a row whose file is lost is shown to nobody, its name is free, and it may come back', async () => {
		await add('a.csv', '1');
		const file = layout.resolve(storedKey(`${libraryFolder(ann)}/a.csv`));
		await fs.rename(file, `${layout.temp}/kept`);
		await library.reconcile();
		expect(await names()).toEqual([]);
		expect(await library.find(ann, parseFileName('a.csv'))).toBeNull();
		expect((await library.usage(ann)).bytes).toBe(0);
		await fs.rename(`${layout.temp}/kept`, file);
		await library.reconcile();
		expect(await names()).toEqual(['a.csv']);
		await fs.rm(file);
		await library.reconcile();
		expect((await add('a.csv', '2')).name).toBe('a.csv');
		await expectConsistent();
	});
});

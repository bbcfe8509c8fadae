import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { foldName, parseFileName } from '../../domain/file-name';
import {
	add,
	ann,
	ben,
	expectConsistent,
	library,
	names,
	onDisk,
	read,
	text,
	useTestLibrary
} from './testing';

useTestLibrary();

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

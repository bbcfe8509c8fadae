import { expect, test } from 'vitest';
import { parseFileName, type FileName } from '../../domain/file-name';
import { PUBLIC_CLIENT, type ClientId, type RunId } from '../../domain/ids';
import { fileKey, libraryFolder, sessionFolder, storedKey, type StorageKey } from './layout';

/* Each line below that is marked must not compile; the type check fails when one of them does. */

test('R36 a raw string is no file name, no id and no storage key', () => {
	const raw: string = 'library/public/a.txt';
	// @ts-expect-error a joined path is no storage key
	const key: StorageKey = raw;
	// @ts-expect-error a name that was not parsed is no file name
	const name: FileName = raw;
	// @ts-expect-error an id from an address is no run id
	const run: RunId = raw;
	// @ts-expect-error an id from an address is no client id
	const client: ClientId = raw;
	// @ts-expect-error a folder is found by a client id
	expect(libraryFolder(raw)).toBeTypeOf('string');
	// @ts-expect-error a folder is found by a run id
	expect(sessionFolder(raw)).toBeTypeOf('string');
	// @ts-expect-error a file is found by a parsed name
	expect(fileKey(libraryFolder(PUBLIC_CLIENT), '../x')).toBeTypeOf('string');
	expect([key, name, run, client]).toHaveLength(4);
});

test('R36 a key is made of a scope and parsed names, and nothing else is one', () => {
	expect(fileKey(libraryFolder(PUBLIC_CLIENT), parseFileName('a b.csv'))).toBe(
		'library/public/a b.csv'
	);
	for (const bad of [
		'',
		'raro.db',
		'../raro.db',
		'/etc/passwd',
		'library/../raro.db',
		'library//a',
		'library/./a',
		'library/a\0',
		'library\\a',
		'.tmp/x',
		'.cache/x'
	])
		expect(() => storedKey(bad)).toThrow();
});

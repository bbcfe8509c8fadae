import { expect, test } from 'vitest';
import { readTable } from './table';

test('R22 columns of a CSV are told with types, gaps and examples', () => {
	const text = [
		'day,units,price,"note, long",open,void',
		'2026-01-01,3,"1,5","said ""hi""\nagain",yes,',
		'2026-01-02,,2.5,plain,no,',
		'2026-01-02,4,n/a,plain,yes,NULL'
	].join('\n');
	const table = readTable('text/csv', text, false);
	expect(table).toMatchObject({ rows_read: 3, more_columns: 0 });
	expect(table?.columns.map(({ name, type, missing }) => [name, type, missing])).toEqual([
		['day', 'date', 0],
		['units', 'number', 1],
		['price', 'number', 1],
		['note, long', 'text', 0],
		['open', 'boolean', 0],
		['void', 'empty', 3]
	]);
	expect(table?.columns[3]?.examples).toEqual(['said "hi"\nagain', 'plain']);
});

test('R22 other tables are read too: semicolons, tabs, JSON, JSON lines', () => {
	expect(readTable('text/csv', 'a;b\n1;2\n', false)?.columns).toHaveLength(2);
	expect(readTable('text/tab-separated-values', 'a\tb\n1\t2\n', false)?.columns).toHaveLength(2);
	const rows = [
		{ a: 1, b: { c: 2 } },
		{ a: null, d: 'x' }
	];
	const shown = [
		['a', 'number', 1],
		['b', 'nested', 1],
		['d', 'text', 1]
	];
	for (const [type, text] of [
		['application/json', JSON.stringify(rows)],
		['application/x-ndjson', rows.map((row) => JSON.stringify(row)).join('\n')]
	] as const)
		expect(
			readTable(type, text, false)?.columns.map(({ name, type, missing }) => [name, type, missing])
		).toEqual(shown);
});

test('R22 a line that was cut is left out, and what is no table is none', () => {
	const lines = readTable('application/x-ndjson', '{"a":1}\n{"a":2}\n{"a":', true);
	expect(lines).toMatchObject({ rows_read: 2 });
	expect(readTable('text/csv', 'a,b\n1,2\n3,', true)).toMatchObject({ rows_read: 1 });
	for (const text of ['', '{"a":1}', '[1,2]', '[]', 'nonsense'])
		expect(readTable('application/json', text, false)).toBeNull();
	expect(readTable('application/json', '[{"a":1}', true)).toBeNull();
	expect(readTable('text/csv', '', false)).toBeNull();
	expect(readTable('text/markdown', 'a,b', false)).toBeNull();
});

test('R22 names and values are text, and not much of it', () => {
	const names = ['__proto__', 'constructor', 'x'.repeat(500), ...Array(100).fill('more')];
	const table = readTable('text/csv', `${names.join(',')}\n${'y'.repeat(500)}\n`, false);
	expect(table?.columns.slice(0, 2).map(({ name }) => name)).toEqual(names.slice(0, 2));
	expect(table?.columns).toHaveLength(60);
	expect(table?.more_columns).toBe(43);
	expect(JSON.stringify(table).length).toBeLessThan(10_000);
	const keys = readTable('application/json', '[{"__proto__": 1, "toString": 2}]', false);
	expect(keys?.columns.map(({ name }) => name)).toEqual(['__proto__', 'toString']);
	const long = `a\n${'1\n'.repeat(5000)}`;
	expect(readTable('text/csv', long, false)).toMatchObject({ rows_read: 1000 });
});

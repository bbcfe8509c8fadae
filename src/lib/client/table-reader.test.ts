import { describe, expect, it } from 'vitest';
import { numericColumns, tableReader } from './table-reader';
import { textSource } from './text-source';

const utf8 = new TextEncoder();

/** Hands the text out in pieces of `size` bytes, however characters and rows are cut by that. */
function streamOf(text: string, size: number): ReadableStream<Uint8Array> {
	const bytes = utf8.encode(text);
	let at = 0;
	return new ReadableStream({
		pull(controller) {
			if (at >= bytes.length) return controller.close();
			controller.enqueue(bytes.slice(at, (at += size)));
		}
	});
}

const open = (text: string, size = 7, delimiter?: string) =>
	tableReader(textSource(streamOf(text, size)), delimiter);

describe('tableReader', () => {
	it('reads a header and its rows', async () => {
		const table = open('a,b\n1,2\n3,4\n');
		expect(await table.next(10)).toEqual([
			['1', '2'],
			['3', '4']
		]);
		expect(table.columns).toEqual(['a', 'b']);
		expect(table.done).toBe(true);
	});

	it('keeps quoted line breaks, delimiters and quotes together', async () => {
		const table = open('a,b\r\n"x\r\ny","p, ""q"""\r\n');
		expect(await table.next(10)).toEqual([['x\r\ny', 'p, "q"']]);
	});

	it('hands out a big table page by page and loses no row between chunks', async () => {
		const count = 60_000;
		const lines = Array.from({ length: count }, (_, i) => `${i};"Zeile ${i} – ä\n"`);
		const table = open(`id;text\n${lines.join('\n')}`, 65_537);
		const first = await table.next(1000);
		expect(first).toHaveLength(1000);
		expect(table.done).toBe(false);
		const all = [...first];
		while (!table.done) all.push(...(await table.next(7000)));
		expect(all).toHaveLength(count);
		expect(all.every((row, i) => row[0] === String(i) && row[1] === `Zeile ${i} – ä\n`)).toBe(true);
	});

	it('takes the delimiter it is told', async () => {
		const table = open('a,b\tc\n1,2\t3', 5, '\t');
		expect(await table.next(5)).toEqual([['1,2', '3']]);
		expect(table.columns).toEqual(['a,b', 'c']);
	});

	it('has nothing to show of an empty file, and only columns of a lone header', async () => {
		const empty = open('');
		expect([await empty.next(5), empty.columns, empty.done]).toEqual([[], [], true]);
		const header = open('a,b');
		expect([await header.next(5), header.columns, header.done]).toEqual([[], ['a', 'b'], true]);
	});
});

it('numericColumns looks past missing values and is not fooled by dates', () => {
	const rows = [
		['1', '2026-01-01', '', '3.5e2'],
		['', '2026-01-02', 'NA', '-4%'],
		['1,200', '', '', '.5']
	];
	expect(numericColumns(rows, 4)).toEqual([true, false, false, true]);
});

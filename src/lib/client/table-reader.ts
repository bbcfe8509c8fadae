import Papa from 'papaparse';
import { z } from 'zod';
import type { TextSource } from './text-source';

/** A table that is read row by row, as far as somebody wants to see it. */
export interface TableReader {
	/** The first row. Empty until the first `next`. */
	readonly columns: string[];
	/** Up to `count` more rows below the header; fewer only at the end. */
	next(count: number): Promise<string[][]>;
	/** True once every row has been handed out. */
	readonly done: boolean;
}

const CHUNK = 256 * 1024;
const LONGEST_ROW = 32 * 1024 * 1024;
const parsed = z.object({
	data: z.array(z.array(z.string())),
	meta: z.object({ cursor: z.number() })
});

/**
 * Reads CSV or TSV incrementally: quoted fields may hold delimiters and line breaks, also across
 * chunks. The delimiter is guessed from the beginning unless given. Empty lines are left out.
 */
export function tableReader(source: TextSource, delimiter?: string): TableReader {
	let columns: string[] | null = null;
	let rows: string[][] = [];
	let rest = '';
	let dialect: { delimiter: string; newline: '\r' | '\n' | '\r\n' } | null = null;

	async function fill(): Promise<void> {
		if (rest.length > LONGEST_ROW)
			throw new Error('A row of this table does not end: a quotation mark is probably missing.');
		rest += await source.read(Math.max(CHUNK, rest.length));
		dialect ??= guessDialect(rest, delimiter);
		// The last row may be cut: it is parsed again together with what follows it.
		const parser = new Papa.Parser(dialect);
		const { data, meta } = parsed.parse(parser.parse(rest, 0, !source.done));
		rest = source.done ? '' : rest.slice(meta.cursor);
		for (const row of data) if (row.length > 1 || row[0] !== '') rows.push(row);
		columns ??= rows.shift() ?? null;
	}

	return {
		get columns() {
			return columns ?? [];
		},
		get done() {
			return source.done && rest === '' && rows.length === 0;
		},
		async next(count) {
			while (rows.length < count && !(source.done && rest === '')) {
				await fill();
				if (source.done) break;
			}
			const taken = rows.slice(0, count);
			rows = rows.slice(count);
			return taken;
		}
	};
}

function guessDialect(text: string, delimiter?: string) {
	const { meta } = Papa.parse(text.slice(0, CHUNK), { preview: 50, delimiter: delimiter ?? '' });
	const newline: '\r' | '\n' | '\r\n' =
		meta.linebreak === '\r\n' || meta.linebreak === '\r' ? meta.linebreak : '\n';
	return { delimiter: meta.delimiter, newline };
}

/** Which columns hold numbers, judged by these rows; a column without any value does not. */
export function numericColumns(rows: readonly string[][], width: number): boolean[] {
	return Array.from({ length: width }, (_, column) => {
		let seen = false;
		for (const row of rows) {
			const value = row[column]?.trim() ?? '';
			if (value === '' || /^(na|n\/a|nan|null|none|-)$/i.test(value)) continue;
			if (!/^[-+]?(\d[\d,. ]*|\.\d+)(e[-+]?\d+)?%?$/i.test(value)) return false;
			seen = true;
		}
		return seen;
	});
}

import Papa from 'papaparse';

/** What a column of the rows that were read holds. */
export interface Column {
	name: string;
	type: 'number' | 'boolean' | 'date' | 'text' | 'empty' | 'nested';
	/** Rows without a value. */
	missing: number;
	/** A few different values. */
	examples: string[];
}

export interface Table {
	/** Rows that were read, not those of the file. */
	rows_read: number;
	columns: Column[];
	/** How many columns more there are. */
	more_columns: number;
}

const MAX_COLUMNS = 60;
const MAX_ROWS = 1000;
const EXAMPLES = 3;
const LONGEST = 60;

/**
 * The columns of the beginning of a table, or null when it is none.
 * @param cut the text ends somewhere in the file: its last line is left out
 */
export function readTable(contentType: string, text: string, cut: boolean): Table | null {
	if (/csv|tab-separated/.test(contentType)) return fromCells(text, cut);
	if (/ndjson|jsonl|json-lines|json-seq/.test(contentType)) return fromLines(text, cut);
	return /json/.test(contentType) && !cut ? fromJson(text) : null;
}

function fromCells(text: string, cut: boolean): Table | null {
	const parsed = Papa.parse<string[]>(text, { preview: MAX_ROWS + 2, skipEmptyLines: true });
	const [header, ...rows] = parsed.data;
	if (!header) return null;
	if (cut && rows.length <= MAX_ROWS) rows.pop();
	const table = rows.slice(0, MAX_ROWS);
	return describe(
		header,
		table.length,
		header.map((_, at) => table.map((row) => row[at]))
	);
}

function fromLines(text: string, cut: boolean): Table | null {
	const lines = text.split('\n').slice(0, MAX_ROWS + 1);
	if (cut || lines.length > MAX_ROWS) lines.pop();
	return fromRows(lines.filter((line) => line.trim() !== '').map(parse));
}

function fromJson(text: string): Table | null {
	const value = parse(text);
	return Array.isArray(value) ? fromRows(value.slice(0, MAX_ROWS)) : null;
}

function fromRows(rows: unknown[]): Table | null {
	const objects = rows.filter((row) => typeof row === 'object' && row !== null);
	if (objects.length === 0 || objects.length < rows.length) return null;
	const maps = objects.map((row) => new Map<string, unknown>(Object.entries(row)));
	const names = [...new Set(maps.flatMap((row) => [...row.keys()]))];
	return describe(
		names,
		maps.length,
		names.map((name) => maps.map((row) => row.get(name)))
	);
}

function describe(names: string[], rows: number, values: unknown[][]): Table {
	const columns = names
		.slice(0, MAX_COLUMNS)
		.map((name, at) => columnOf(shortened(name), values[at] ?? []));
	return { rows_read: rows, columns, more_columns: names.length - columns.length };
}

const DATE = /^\d{4}-\d{1,2}(-\d{1,2})?([ T]\d{1,2}:.*)?$|^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$/;
const NUMBER = /^[-+]?(\d[\d ,.]*|\.\d+)(e[-+]?\d+)?\s?%?$/i;

function columnOf(name: string, values: unknown[]): Column {
	const present = values.filter((value) => !isMissing(value));
	const missing = values.length - present.length;
	if (present.some((value) => typeof value === 'object'))
		return { name, type: 'nested', missing, examples: [] };
	const texts = present.map((value) => String(value).trim());
	const all = (test: (text: string) => boolean) => texts.length > 0 && texts.every(test);
	const type = (): Column['type'] => {
		if (texts.length === 0) return 'empty';
		if (all((one) => /^(true|false|yes|no)$/i.test(one))) return 'boolean';
		if (all((one) => DATE.test(one))) return 'date';
		return all((one) => NUMBER.test(one)) ? 'number' : 'text';
	};
	const examples = [...new Set(texts)].slice(0, EXAMPLES).map(shortened);
	return { name, type: type(), missing, examples };
}

function isMissing(value: unknown): boolean {
	if (value === null || value === undefined) return true;
	return typeof value === 'string' && /^\s*(|na|n\/a|nan|null|none|-)\s*$/i.test(value);
}

function shortened(text: string): string {
	return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Undefined when it is no JSON. */
function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

import { previewKindOf } from '$lib/domain/media-type';
import { textSource, type TextSource } from './text-source';

/** How the beginning of a file is shown in a small box; null: its name says all there is to show. */
export type ExcerptKind = 'image' | 'svg' | 'html' | 'table' | 'markdown' | 'text' | null;

/** The beginning of a file. */
export type Excerpt =
	| { kind: 'table'; columns: string[]; rows: string[][]; numeric: boolean[] }
	| { kind: 'markdown' | 'text'; text: string };

/** A page is drawn whole or not at all. */
export const MAX_PAGE_BYTES = 1_000_000;
const READ_CHARS = 16_000;
const ROWS = 6;
const COLUMNS = 6;
const LINES = 12;
const LINE_CHARS = 160;

export function excerptKindOf(file: { content_type: string; size_bytes: number }): ExcerptKind {
	if (file.size_bytes === 0) return null;
	const kind = previewKindOf(file.content_type);
	if (kind === 'json') return 'text';
	if (kind === 'html') return file.size_bytes > MAX_PAGE_BYTES ? null : kind;
	if (kind === 'pdf' || kind === 'none') return null;
	return kind;
}

/** Reads as much as a small box can show, and ends the transfer. */
export async function readExcerpt(
	source: TextSource,
	kind: 'table' | 'markdown' | 'text',
	contentType: string
): Promise<Excerpt> {
	const read = await source.read(READ_CHARS);
	const whole = source.done;
	source.cancel();
	// What was cut in the middle of a line is not shown as if it ended there.
	const text = whole ? read : read.slice(0, read.lastIndexOf('\n') + 1) || read;
	if (kind === 'table') return readTable(text, contentType);
	if (kind === 'text') return { kind, text: firstLines(text) };
	return { kind, text: text.split('\n', LINES * 2).join('\n') };
}

async function readTable(text: string, contentType: string): Promise<Excerpt> {
	const { tableReader, numericColumns } = await import('./table-reader');
	const tab = contentType === 'text/tab-separated-values' ? '\t' : undefined;
	const stream = new Blob([text]).stream();
	const reader = tableReader(textSource(stream), tab);
	const rows = (await reader.next(ROWS)).map((row) => row.slice(0, COLUMNS));
	const columns = reader.columns.slice(0, COLUMNS);
	return { kind: 'table', columns, rows, numeric: numericColumns(rows, columns.length) };
}

function firstLines(text: string): string {
	return text
		.split('\n', LINES)
		.map((line) => (line.length > LINE_CHARS ? `${line.slice(0, LINE_CHARS)}…` : line))
		.join('\n');
}

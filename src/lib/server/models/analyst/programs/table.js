// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { detectEncoding, readText, readingPlan } from './decode.js';
import { MAX_COLUMNS, createCsvReader, detectDelimiter, parseCsv } from './csv.js';
import {
	WHOLE_JSON_BYTES,
	createArrayReader,
	createLineReader,
	findRecords,
	flattenRecord
} from './json.js';
import { columnNames, hasHeader } from './header.js';

const HEAD_BYTES = 1024 * 1024;
const NOT_READ =
	/\.(xlsx?|xlsm|ods|parquet|arrow|feather|avro|orc|sqlite3?|db|pdf|docx?|pptx?|png|jpe?g|gif|webp|bmp|tiff?|ico|zip|gz|bz2|xz|7z|tar|mp[34]|wav|mov|exe|so|wasm|ttf|woff2?)$/i;

/**
 * What a file is, judged by its name and its first megabyte: `{kind: 'table', scan, …}`,
 * `{kind: 'text'}` or `{kind: 'other', why}`. `scan(take, {quick})` calls `take(cells, count, row)`
 * for each record; `quick` reads only enough to tell the types.
 */
export function openFile(source, options) {
	const { name, size } = source;
	if (size === 0) return { kind: 'other', why: 'the file is empty (0 bytes)' };
	const head = source.read(0, Math.min(size, HEAD_BYTES));
	const encoding = NOT_READ.test(name) ? null : detectEncoding(head.subarray(0, 65536));
	if (encoding === null)
		return { kind: 'other', why: `it is a binary format (${extension(name)}) that I cannot read` };
	const complete = size <= HEAD_BYTES;
	const text = new TextDecoder(encoding.label)
		.decode(head, { stream: !complete })
		.replace(/^\ufeff/, '');
	if (text.trim() === '') return { kind: 'other', why: 'it holds nothing but white space' };
	const file = { source, encoding, text, complete, plan: readingPlan(size, options.wholeLimit) };
	return {
		encoding: encoding.name,
		encoding_guessed: !!encoding.guessed,
		bom: encoding.bom > 0,
		...kindOf(file)
	};
}

function extension(name) {
	return /\.[^.]+$/.exec(name)?.[0].toLowerCase() ?? 'no extension';
}

function kindOf(file) {
	const ext = extension(file.source.name);
	const begins = file.text.trimStart()[0];
	if (/^\.(jsonl|ndjson)$/.test(ext)) return openLines(file);
	if (begins === '{' && looksLikeLines(file.text)) return openLines(file);
	if (/^\.(json|geojson|topojson)$/.test(ext) || (begins === '[' && !/^\.(csv|tsv|md)$/.test(ext)))
		return openJson(file);
	if (/^\.(md|markdown)$/.test(ext)) return { kind: 'text', format: 'Markdown', file };
	if (/^\.(csv|tsv|tab|psv)$/.test(ext)) {
		const found = detectDelimiter(file.text, file.complete);
		return openCsv(file, found ?? (ext === '.csv' ? ',' : '\t'), found === null);
	}
	if (/^\.(txt|dat|asc|log|no extension)$/.test(ext) || ext === 'no extension') {
		const found = detectDelimiter(file.text, file.complete);
		if (found && consistent(file, found)) return openCsv(file, found, false);
	}
	return { kind: 'text', format: ext === '.txt' ? 'plain text' : `text (${ext})`, file };
}

function consistent(file, delimiter) {
	const rows = parseCsv(file.text, delimiter, 300, file.complete);
	const same = rows.filter((row) => row.length === rows[0].length).length;
	return rows.length >= 3 && same >= rows.length * 0.95;
}

function looksLikeLines(text) {
	const lines = text.split('\n', 3).filter((line) => line.trim() !== '');
	return lines.length > 1 && lines.slice(0, 2).every((line) => isObject(parse(line)));
}

const isObject = (value) => value !== null && typeof value === 'object';

function parse(text) {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function openCsv(file, delimiter, single) {
	const first = parseCsv(file.text, delimiter, 200, file.complete);
	const { header, why } = hasHeader(first);
	const width = Math.min(MAX_COLUMNS, first[0]?.length ?? 0);
	const assumptions = why ? [why] : [];
	if (single) assumptions.push('no delimiter was found; every line is one value');
	const ending = /\r\n/.test(file.text)
		? 'CRLF'
		: /\n/.test(file.text)
			? 'LF'
			: /\r/.test(file.text)
				? 'CR'
				: 'none';
	const table = {
		kind: 'table',
		format: delimiter === '\t' ? 'TSV' : 'CSV',
		delimiter,
		header,
		line_ending: ending,
		sampled: file.plan.sampled,
		assumptions,
		broken: { count: 0, examples: [] }
	};
	return { ...table, ...columnNames(header ? first[0] : Array(width).fill('')), scan };

	function scan(take, { quick = false } = {}) {
		const ranges = quick ? quickRanges(file) : file.plan.ranges;
		const whole = ranges.length === 1;
		let row = 0;
		for (const range of ranges) {
			let skipHeader = range[0] === 0 && header;
			let aligned = range[0] === 0;
			const reader = createCsvReader(delimiter, (cells, count) => {
				if (skipHeader) return void (skipHeader = false);
				if (!aligned && count !== width) return;
				aligned = true;
				take(cells, count, whole ? ++row : null);
			});
			let cut = range[0] !== 0;
			readText(file.source, file.encoding, range, (piece) => {
				let text = piece;
				if (cut) {
					const at = text.indexOf('\n');
					if (at < 0) return;
					text = text.slice(at + 1);
					cut = false;
				}
				reader.push(text);
			});
			if (range[1] >= file.source.size) reader.end();
			if (reader.brokenQuote) table.broken.quote = true;
		}
	}
}

/** The head and sixteen blocks of a file that is to be read as a whole later. */
function quickRanges(file) {
	const { size } = file.source;
	if (file.complete) return [[0, size]];
	const ranges = [[0, HEAD_BYTES]];
	for (let i = 1; i <= 16; i++) {
		let start = Math.floor(HEAD_BYTES + (i / 16) * (size - HEAD_BYTES - 65536));
		start -= start % 4;
		if (start >= HEAD_BYTES) ranges.push([start, Math.min(size, start + 65536)]);
	}
	return ranges;
}

function openLines(file) {
	const broken = { count: 0, examples: [] };
	return recordTable(file, 'JSON Lines', { broken, sampled: file.plan.sampled }, (each, quick) => {
		broken.count = 0;
		broken.examples = [];
		const ranges = quick ? quickRanges(file) : file.plan.ranges;
		for (const range of ranges) {
			let cut = range[0] !== 0;
			const reader = createLineReader((line, number) => {
				if (cut) return void (cut = false);
				const record = parse(line);
				if (record !== undefined) return each(record);
				broken.count++;
				if (broken.examples.length < 3)
					broken.examples.push({
						line: ranges.length === 1 ? number : null,
						text: line.slice(0, 80)
					});
			});
			readText(file.source, file.encoding, range, (piece) => reader.push(piece));
			if (range[1] >= file.source.size) reader.end();
		}
	});
}

function openJson(file) {
	const { source, encoding } = file;
	if (source.size > WHOLE_JSON_BYTES) {
		if (file.text.trimStart()[0] !== '[')
			return {
				kind: 'other',
				why: 'it is one JSON object of more than 24 MB; I read big files only as a list of records'
			};
		const limit = 512 * 1024 * 1024;
		const end = Math.min(source.size, limit);
		const sampled =
			end < source.size ? { blocks: 1, bytes_read: end, bytes_total: source.size } : null;
		return recordTable(
			file,
			'JSON array',
			{ broken: { count: 0, examples: [] }, sampled },
			(each, quick) => {
				const reader = createArrayReader((text) => each(parse(text)));
				readText(source, encoding, [0, quick ? HEAD_BYTES * 4 : end], (piece) =>
					reader.push(piece)
				);
			}
		);
	}
	let text = '';
	readText(source, encoding, [0, source.size], (piece) => void (text += piece));
	let found;
	try {
		found = findRecords(JSON.parse(text));
	} catch (error) {
		return { kind: 'other', why: `it is not valid JSON (${error.message.slice(0, 120)})` };
	}
	if (!found || found.records.length === 0)
		return { kind: 'other', why: 'it is JSON without any records' };
	const assumptions =
		found.where === 'the array' ? [] : [`the records were taken from ${found.where}`];
	const shape = { broken: { count: 0, examples: [] }, sampled: null, assumptions };
	return recordTable(file, 'JSON', shape, (each) => found.records.forEach(each));
}

/** A table made of records; its columns are the keys of the records that a quick look sees. */
function recordTable(file, format, shape, records) {
	const keys = new Map();
	records((record) => {
		for (const key of Object.keys(flattenRecord(record)))
			if (keys.size < MAX_COLUMNS && !keys.has(key)) keys.set(key, keys.size);
	}, true);
	const names = [...keys.keys()];
	if (names.length === 0) return { kind: 'other', why: `it holds no readable ${format} record` };
	const table = {
		kind: 'table',
		format,
		header: true,
		assumptions: [],
		names,
		duplicate_names: [],
		columns_cut: 0,
		late_keys: new Set(),
		...shape,
		scan
	};
	return table;

	function scan(take, { quick = false } = {}) {
		const cells = [];
		let row = 0;
		records((record) => {
			cells.length = 0;
			for (let i = 0; i < names.length; i++) cells.push('');
			const flat = flattenRecord(record);
			for (const key of Object.keys(flat)) {
				const at = keys.get(key);
				if (at !== undefined) cells[at] = flat[key];
				else if (table.late_keys.size < 50) table.late_keys.add(key);
			}
			take(cells, names.length, table.sampled?.blocks > 1 ? null : ++row);
		}, quick);
	}
}

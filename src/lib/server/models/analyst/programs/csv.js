// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.

const DELIMITERS = [',', ';', '\t', '|'];
export const MAX_COLUMNS = 2000;

/**
 * Reads delimited text by pieces: quotes, doubled quotes, line breaks within quotes, LF, CRLF and CR.
 * Calls `row(cells, length)`; the array is used again for the next row. Blank lines are not rows.
 */
export function createCsvReader(delimiter, row) {
	const comma = delimiter.charCodeAt(0);
	let cells = [];
	let count = 0;
	let rest = '';
	let blank = 0;
	let stopped = false;
	const reader = { push, end, stop: () => (stopped = true), blankLines: () => blank };
	return reader;

	function emit() {
		if (count === 1 && cells[0] === '') blank++;
		else row(cells, count);
		count = 0;
	}

	function push(piece) {
		parse(rest === '' ? piece : rest + piece, false);
	}

	function end() {
		if (rest !== '' && !stopped) parse(rest, true);
		rest = '';
	}

	function parse(text, last) {
		const size = text.length;
		let at = 0;
		let rowStart = 0;
		count = 0;
		while (at < size && !stopped) {
			let cell;
			let next;
			if (text.charCodeAt(at) === 34) {
				let from = at + 1;
				let close = text.indexOf('"', from);
				let doubled = false;
				while (close >= 0 && text.charCodeAt(close + 1) === 34) {
					doubled = true;
					close = text.indexOf('"', close + 2);
				}
				if (close < 0 || (close + 1 >= size && !last)) {
					if (!last) break;
					close = close < 0 ? size : close;
				}
				cell = text.slice(from, close);
				if (doubled) cell = cell.replaceAll('""', '"');
				next = close + 1;
				const tail = next;
				while (next < size) {
					const c = text.charCodeAt(next);
					if (c === comma || c === 10 || c === 13) break;
					next++;
				}
				if (next > tail) cell += text.slice(tail, next);
			} else {
				next = at;
				while (next < size) {
					const c = text.charCodeAt(next);
					if (c === comma || c === 10 || c === 13) break;
					next++;
				}
				cell = text.slice(at, next);
			}
			if (next >= size) {
				if (!last) break;
				cells[count++] = cell;
				emit();
				rowStart = size;
				break;
			}
			const stop = text.charCodeAt(next);
			if (stop === comma) {
				cells[count++] = cell;
				at = next + 1;
				if (at >= size && last) {
					cells[count++] = '';
					emit();
					rowStart = at;
				}
				continue;
			}
			if (stop === 13 && next + 1 >= size && !last) break;
			cells[count++] = cell;
			at = next + (stop === 13 && text.charCodeAt(next + 1) === 10 ? 2 : 1);
			emit();
			rowStart = at;
		}
		rest = stopped ? '' : text.slice(rowStart);
		if (rest.length > 8 * 1024 * 1024) {
			// A quote that never closes: give it up as text, or the rest of the file would be one cell.
			reader.brokenQuote = true;
			const broken = rest.replaceAll('"', "'");
			rest = '';
			parse(broken, last);
		}
	}
}

/** All rows of a short text, at most `limit`. */
export function parseCsv(text, delimiter, limit = Infinity, complete = true) {
	const rows = [];
	const reader = createCsvReader(delimiter, (cells, count) => {
		rows.push(cells.slice(0, count));
		if (rows.length >= limit) reader.stop();
	});
	reader.push(text);
	if (complete) reader.end();
	return rows;
}

/** The delimiter under which most rows have the same number of cells; null when there is none. */
export function detectDelimiter(text, complete) {
	let best = null;
	for (const delimiter of DELIMITERS) {
		const rows = parseCsv(text, delimiter, 300, complete);
		if (rows.length === 0) continue;
		const widths = new Map();
		for (const { length } of rows) widths.set(length, (widths.get(length) ?? 0) + 1);
		const [width, agreeing] = [...widths].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0];
		if (width < 2) continue;
		const share = agreeing / rows.length;
		const score = share * (1 + Math.log2(width) / 10) - (delimiter === '|' ? 0.01 : 0);
		if (share >= 0.6 && (!best || score > best.score + 1e-9))
			best = { delimiter, share, score, width };
	}
	return best?.delimiter ?? null;
}

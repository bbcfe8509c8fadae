// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { MAX_COLUMNS } from './csv.js';
import { dateStyle } from './dates.js';
import { isMissing, numberStyle } from './values.js';

export function hasHeader(rows) {
	const [first = [], ...rest] = rows;
	const cells = first.map((cell) => cell.trim());
	const numbers = cells.filter((c) => isValue(c));
	if (numbers.length > 0) {
		const years = numbers.every((c) => /^(1[89]|20|21)\d\d$/.test(c));
		if (years && numbers.length < cells.length && new Set(cells).size === cells.length)
			return { header: true };
		return {
			header: false,
			why: 'the first row holds values, so the columns were named column_1, column_2, …'
		};
	}
	if (rest.length === 0) return { header: true };
	const typed = cells.some((_, i) => {
		const below = rest.map((row) => (row[i] ?? '').trim()).filter((c) => !isMissing(c));
		return below.length > 0 && below.filter(isValue).length >= below.length * 0.8;
	});
	if (typed) return { header: true };
	const repeated = cells.some((c, i) => c !== '' && rest.some((row) => row[i]?.trim() === c));
	if (repeated)
		return {
			header: false,
			why: 'the first row looks like the rows below, so the columns were named column_1, column_2, …'
		};
	return {
		header: true,
		why: 'the first row was taken as the header; every column is text, so this cannot be told for sure'
	};
}

function isValue(cell) {
	return !isMissing(cell) && (numberStyle([cell], false) !== null || dateStyle([cell]) !== null);
}

export function columnNames(raw) {
	const seen = new Map();
	const renamed = [];
	const names = raw.slice(0, MAX_COLUMNS).map((cell, i) => {
		const base = cell.replace(/\s+/g, ' ').trim() || `column_${i + 1}`;
		const times = (seen.get(base) ?? 0) + 1;
		seen.set(base, times);
		if (times > 1) renamed.push(base);
		return times === 1 ? base : `${base} (${times})`;
	});
	return {
		names,
		duplicate_names: [...new Set(renamed)],
		columns_cut: Math.max(0, raw.length - MAX_COLUMNS)
	};
}

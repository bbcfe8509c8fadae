// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { booleanPair } from './values.js';
import { boxOf, quantile } from './relations.js';

const ID_NAME =
	/(^|[ _.-])(id|ids|key|uuid|guid|code|nr|no|number|index|idx|zip|zip_?code|postcode|plz|phone|isbn|ticket)$/i;
const YEAR_NAME = /(^|[^a-z])(year|yr|jahr|année|año)s?([^a-z]|$)/i;

/** Everything that the profile says about one column. */
export function summarize(c, context) {
	const missing = c.rows - c.count - c.bad.count;
	const out = {
		name: c.name,
		position: c.position + 1,
		type: c.kind,
		rows: c.rows,
		count: c.count,
		missing,
		missing_share: c.rows > 0 ? missing / c.rows : 0,
		missing_written_as: markers(c.missing),
		named_in_directive: context.named
	};
	if (c.padded > 0) out.padded_with_spaces = c.padded;
	if (c.bad.count > 0) out.does_not_fit = { count: c.bad.count, examples: c.bad.examples };
	if (c.count === 0) return { ...out, type: 'empty', distinct: 0 };
	return { ...out, ...(c.kind === 'text' ? textual(c) : numeric(c, context)) };
}

function markers(missing) {
	const list = [...missing].map(([value, count]) => ({
		value: value === '' ? '(empty)' : value,
		count
	}));
	return list.sort((a, b) => b.count - a.count);
}

function numeric(c, context) {
	const sorted = c.stored
		.slice(0, c.length)
		.filter((v) => v === v)
		.sort();
	const whole = c.length === c.rows;
	let distinct = sorted.length > 0 ? 1 : 0;
	let steps = true;
	const counts = new Map();
	let run = 1;
	for (let i = 1; i <= sorted.length; i++) {
		if (i < sorted.length && sorted[i] === sorted[i - 1]) {
			run++;
			continue;
		}
		note(counts, sorted[i - 1], run);
		run = 1;
		if (i < sorted.length) {
			distinct++;
			if (sorted[i] - sorted[i - 1] !== 1) steps = false;
		}
	}
	const out = { distinct, distinct_exact: whole };
	if (c.kind === 'date') {
		const iso = (t) =>
			c.style.time
				? new Date(t).toISOString().slice(0, 19) + 'Z'
				: new Date(t).toISOString().slice(0, 10);
		return {
			...out,
			format: c.style.format,
			has_time: c.style.time,
			assumption: c.style.assumption,
			first: iso(c.min),
			last: iso(c.max)
		};
	}
	const integers = c.integers;
	const unique = distinct === c.count && c.count >= 5;
	const counter = integers && unique && steps && (c.min === 0 || c.min === 1) && c.count >= 10;
	const isYear = integers && c.min >= 1500 && c.max <= 2200 && YEAR_NAME.test(c.name);
	const type =
		integers && !isYear && ((unique && ID_NAME.test(c.name)) || counter)
			? 'identifier'
			: integers
				? 'integer'
				: 'number';
	const box = boxOf(sorted);
	return {
		...out,
		type,
		role: isYear ? 'year' : undefined,
		unit: c.style.unit ?? undefined,
		assumption: c.style.assumption ?? undefined,
		numeric: {
			min: c.min,
			max: c.max,
			mean: c.mean,
			sd: c.count > 1 ? Math.sqrt(c.m2 / (c.count - 1)) : null,
			sum: c.mean * c.count,
			q1: box.q1,
			median: box.median,
			q3: box.q3,
			p05: quantile(sorted, 0.05),
			p95: quantile(sorted, 0.95),
			zeros: c.zeros,
			negatives: c.negatives,
			quartiles_from_rows: sorted.length,
			outliers: {
				...outliersOf(c, box, context),
				low_fence: box.fences[0],
				high_fence: box.fences[1]
			},
			box,
			histogram: histogram(sorted, integers),
			most_frequent: frequent(counts)
		}
	};
}

/** Keeps the values with the longest runs, bounded. */
function note(counts, value, run) {
	counts.set(value, run);
	if (counts.size <= 64) return;
	const keep = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 16);
	counts.clear();
	for (const [v, n] of keep) counts.set(v, n);
}

function frequent(counts) {
	return [...counts]
		.sort((a, b) => b[1] - a[1] || a[0] - b[0])
		.slice(0, 5)
		.map(([value, count]) => ({ value, count }));
}

function outliersOf(c, box, context) {
	const [low, high] = box.fences;
	let below = 0;
	let above = 0;
	const extreme = [];
	for (let i = 0; i < c.length; i++) {
		const v = c.stored[i];
		if (v < low) below++;
		else if (v > high) above++;
		else continue;
		const distance = v < low ? low - v : v - high;
		if (extreme.length < 5 || distance > extreme[4].distance) {
			extreme.push({ row: context.rowOf(i), value: v, distance });
			extreme.sort((a, b) => b.distance - a.distance);
			extreme.length = Math.min(5, extreme.length);
		}
	}
	return {
		count: below + above,
		below,
		above,
		examples: extreme.map(({ row, value }) => ({ row, value }))
	};
}

/** Bins of a round width (Freedman–Diaconis), or one a value where there are few whole numbers. */
export function histogram(sorted, integers) {
	const min = sorted[0];
	const max = sorted[sorted.length - 1];
	if (min === max) return { edges: [min, max], counts: [sorted.length], below: 0, above: 0 };
	const spread = quantile(sorted, 0.75) - quantile(sorted, 0.25);
	const wish = spread > 0 ? (2 * spread) / Math.cbrt(sorted.length) : (max - min) / 20;
	let width = nice(Math.max(wish, (max - min) / 40));
	if (integers) width = Math.max(1, Math.round(width));
	const single = integers && max - min <= 20;
	if (single) width = 1;
	let start = Math.floor(min / width) * width;
	if (single) start = min - 0.5;
	const bins = Math.max(1, Math.min(60, Math.floor((max - start) / width + 1e-9) + 1));
	const counts = new Array(bins).fill(0);
	for (const v of sorted)
		counts[Math.min(bins - 1, Math.max(0, Math.floor((v - start) / width + 1e-9)))]++;
	return {
		edges: Array.from({ length: bins + 1 }, (_, i) => Number((start + i * width).toPrecision(12))),
		counts
	};
}

function nice(width) {
	const power = 10 ** Math.floor(Math.log10(width));
	const unit = width / power;
	return (unit <= 1 ? 1 : unit <= 2 ? 2 : unit <= 2.5 ? 2.5 : unit <= 5 ? 5 : 10) * power;
}

function textual(c) {
	const order = c.values
		.map((_, code) => code)
		.sort((a, b) => c.counts[b] - c.counts[a] || (c.values[a] < c.values[b] ? -1 : 1));
	const top = order.slice(0, 20).map((code) => ({
		value: c.values[code].slice(0, 120),
		count: c.counts[code],
		share: c.counts[code] / c.count
	}));
	const distinct = c.estimate ? c.estimate.count() : c.values.length;
	const pair = c.values.length <= 4 && !c.estimate ? booleanPair(c.values) : null;
	const words = averageWords(c.values);
	const mean = c.chars / c.count;
	const unique = distinct >= c.count * 0.98 && c.count >= 5;
	let type = 'category';
	if (pair) type = 'boolean';
	else if (
		c.style?.code ||
		(unique && mean <= 40 && words < 2 && (c.count >= 20 || ID_NAME.test(c.name)))
	)
		type = 'identifier';
	else if (
		mean > 50 ||
		(words > 4 && distinct > c.count * 0.5) ||
		(distinct > 1000 && distinct > c.count * 0.5)
	)
		type = 'text';
	if (type === 'identifier' && distinct < c.count * 0.5) type = 'category';
	return {
		type,
		distinct,
		distinct_exact: !c.estimate,
		top: type === 'text' ? top.slice(0, 5) : top,
		length: { shortest: c.shortest, longest: c.longest, mean },
		average_words: words,
		unique_values: !c.estimate ? c.counts.filter((n) => n === 1).length : null,
		case_variants: c.estimate ? [] : variants(c),
		assumption: c.style?.code ? `kept as text: ${c.style.code}` : undefined,
		mixed_numbers: c.style?.mixed
	};
}

function averageWords(values) {
	const some = values.slice(0, 500);
	return some.reduce((n, v) => n + v.split(/\s+/).length, 0) / Math.max(1, some.length);
}

/** Values that differ only in case or spaces: `Berlin`, `berlin`. */
function variants(c) {
	if (c.values.length > 5000) return [];
	const folded = new Map();
	c.values.forEach((value, code) => {
		const key = value
			.toLowerCase()
			.replace(/[\s_-]+/g, ' ')
			.trim();
		if (!folded.has(key)) folded.set(key, []);
		folded.get(key).push({ value: value.slice(0, 80), count: c.counts[code] });
	});
	return [...folded.values()].filter((group) => group.length > 1).slice(0, 5);
}

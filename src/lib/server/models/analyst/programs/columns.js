// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { detach } from './decode.js';
import { toTime } from './dates.js';
import { isMissing, toNumber } from './values.js';

const MAX_VALUES = 50_000;
const MAX_VALUE_CHARS = 6_000_000;
const REGISTERS = 4096;

/** 32 bits of a text, well mixed. */
export function hashText(text, seed) {
	let h = seed;
	for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
	h ^= h >>> 16;
	h = Math.imul(h, 0x85ebca6b);
	h ^= h >>> 13;
	h = Math.imul(h, 0xc2b2ae35);
	return (h ^ (h >>> 16)) >>> 0;
}

/** Counts distinct values in 4 kB, to about 2 %: HyperLogLog. */
function createEstimate() {
	const registers = new Uint8Array(REGISTERS);
	return {
		add(text) {
			const h = hashText(text, 0x811c9dc5);
			const rank = Math.clz32(((h << 12) | 0x800) >>> 0) + 1;
			if (rank > registers[h >>> 20]) registers[h >>> 20] = rank;
		},
		count() {
			let sum = 0;
			let zeros = 0;
			for (const r of registers) {
				sum += 2 ** -r;
				if (r === 0) zeros++;
			}
			const raw = ((0.7213 / (1 + 1.079 / REGISTERS)) * REGISTERS * REGISTERS) / sum;
			return Math.round(
				raw < 2.5 * REGISTERS && zeros > 0 ? REGISTERS * Math.log(REGISTERS / zeros) : raw
			);
		}
	};
}

/**
 * Gathers one column. Counts, extremes, mean and deviation see every row; `stored` holds the rows
 * that are kept (every k-th when there are too many) for quartiles, relations and charts: numbers
 * and times with NaN for missing, codes of texts with -1 for missing.
 */
export function createColumn(name, position, kind, style, expected) {
	const c = {
		name,
		position,
		kind,
		style,
		rows: 0,
		count: 0,
		missing: new Map(),
		padded: 0,
		bad: { count: 0, examples: [] },
		min: Infinity,
		max: -Infinity,
		mean: 0,
		m2: 0,
		zeros: 0,
		negatives: 0,
		integers: true,
		minRow: null,
		maxRow: null,
		shortest: Infinity,
		longest: 0,
		chars: 0,
		words: 0,
		values: [],
		counts: [],
		overflow: 0,
		estimate: null,
		length: 0,
		stored: kind === 'text' ? new Int32Array(expected) : new Float64Array(expected)
	};
	const codes = new Map();
	let kept = 0;

	function keep(value) {
		if (c.length >= c.stored.length) {
			const bigger = new c.stored.constructor(Math.max(1024, c.stored.length * 1.5));
			bigger.set(c.stored);
			c.stored = bigger;
		}
		c.stored[c.length++] = value;
	}

	function codeOf(text) {
		const known = codes.get(text);
		if (known !== undefined) {
			c.counts[known]++;
			return known;
		}
		if (c.values.length < MAX_VALUES && kept < MAX_VALUE_CHARS) {
			const own = detach(text);
			kept += own.length;
			codes.set(own, c.values.length);
			c.counts.push(1);
			return c.values.push(own) - 1;
		}
		if (c.estimate === null) {
			c.estimate = createEstimate();
			for (const value of c.values) c.estimate.add(value);
		}
		c.estimate.add(text);
		c.overflow++;
		return -2;
	}

	c.add = (raw, row, store) => {
		c.rows++;
		let text = raw;
		const last = raw.length - 1;
		if (last >= 0 && (raw.charCodeAt(0) <= 32 || raw.charCodeAt(last) <= 32)) {
			text = raw.trim();
			if (text !== '') c.padded++;
		}
		if (isMissing(text)) {
			c.missing.set(text, (c.missing.get(text) ?? 0) + 1);
			if (store) keep(kind === 'text' ? -1 : NaN);
			return;
		}
		if (kind === 'text') {
			c.count++;
			const { length } = text;
			c.chars += length;
			if (length < c.shortest) c.shortest = length;
			if (length > c.longest) c.longest = length;
			const code = codeOf(text);
			if (store) keep(code);
			return;
		}
		const value = kind === 'number' ? toNumber(text, style) : toTime(text, style);
		if (!Number.isFinite(value)) {
			c.bad.count++;
			if (c.bad.examples.length < 3) c.bad.examples.push({ row, value: detach(text.slice(0, 60)) });
			if (store) keep(NaN);
			return;
		}
		c.count++;
		const d = value - c.mean;
		c.mean += d / c.count;
		c.m2 += d * (value - c.mean);
		if (value < c.min) {
			c.min = value;
			c.minRow = row;
		}
		if (value > c.max) {
			c.max = value;
			c.maxRow = row;
		}
		if (value === 0) c.zeros++;
		else if (value < 0) c.negatives++;
		if (c.integers && !Number.isInteger(value)) c.integers = false;
		if (store) keep(value);
	};
	return c;
}

/** Exact duplicate rows, by a 53-bit digest of each row's cells. */
export function createRowDigests(expected) {
	let digests = new Float64Array(expected);
	let length = 0;
	return {
		add(cells, count) {
			let a = 0x811c9dc5;
			let b = 0x9747b28c;
			for (let i = 0; i < count; i++) {
				const text = cells[i];
				for (let j = 0; j < text.length; j++) {
					const code = text.charCodeAt(j);
					a = Math.imul(a ^ code, 0x01000193);
					b = Math.imul(b ^ code, 0x5bd1e995) + 0x27d4eb2f;
				}
				a = Math.imul(a ^ 0x1f, 0x01000193);
				b = Math.imul(b ^ 0x1f, 0x5bd1e995);
			}
			a ^= a >>> 15;
			b ^= b >>> 13;
			if (length >= digests.length) {
				const bigger = new Float64Array(Math.max(1024, digests.length * 1.5));
				bigger.set(digests);
				digests = bigger;
			}
			digests[length++] = (a & 0x1fffff) * 4294967296 + (b >>> 0);
		},
		/** `{rows, examples}`: how many rows repeat an earlier one, and up to three of them by number. */
		finish(numbered) {
			const sorted = digests.slice(0, length).sort();
			const repeated = new Set();
			let rows = 0;
			for (let i = 1; i < length; i++)
				if (sorted[i] === sorted[i - 1]) {
					rows++;
					if (repeated.size < 3) repeated.add(sorted[i]);
				}
			const examples = [];
			const first = new Map();
			for (let i = 0; numbered && i < length && examples.length < 3 && repeated.size > 0; i++) {
				if (!repeated.has(digests[i])) continue;
				const before = first.get(digests[i]);
				if (before === undefined) first.set(digests[i], i + 1);
				else examples.push({ row: i + 1, same_as: before });
			}
			return { rows, examples };
		}
	};
}

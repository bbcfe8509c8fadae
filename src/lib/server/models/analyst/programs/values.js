// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.

/** What counts as a missing value, exactly as written (after trimming). */
export const MISSING = new Set([
	'',
	'NA',
	'N/A',
	'na',
	'n/a',
	'NaN',
	'nan',
	'null',
	'NULL',
	'Null',
	'-',
	'--',
	'?',
	'#N/A'
]);

export const isMissing = (text) => text.length <= 4 && MISSING.has(text);

const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const COMMA_GROUPS = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;
const DOT_GROUPS = /^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?$/;
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;
const SPACE_GROUPS = /^[+-]?\d{1,3}(?:[ '’\u00a0\u202f]\d{3})+(?:[.,]\d+)?$/;
const CURRENCY = /^(?:[$€£¥₹]|USD|EUR|GBP|CHF|JPY)\s*|\s*(?:[$€£¥₹]|USD|EUR|GBP|CHF|JPY)$/i;

/** Takes currency, percent and accounting brackets off a number: `($1,200)` → `-1,200`. */
function bare(text) {
	let t = text;
	let unit = '';
	const negative = t.startsWith('(') && t.endsWith(')');
	if (negative) t = t.slice(1, -1).trim();
	let sign = '';
	if (/^[+-]\s*[$€£¥₹]/.test(t)) {
		sign = t[0];
		t = t.slice(1).trim();
	}
	if (t.endsWith('%')) {
		unit = '%';
		t = t.slice(0, -1).trim();
	} else {
		const found = CURRENCY.exec(t);
		if (found) {
			unit = found[0].trim().toUpperCase();
			t = t.replace(CURRENCY, '');
		}
	}
	return { text: (negative ? '-' : sign) + t.replace('\u2212', '-'), unit };
}

/** How the numbers of a column are written, or null when they are not numbers. */
export function numberStyle(samples, semicolons) {
	const seen = {
		plain: 0,
		commaGroups: 0,
		dotGroups: 0,
		decimalComma: 0,
		spaces: 0,
		both: 0,
		other: 0
	};
	const units = new Map();
	let leadingZero = 0;
	let long = 0;
	for (const raw of samples) {
		const { text, unit } = bare(raw);
		if (unit) units.set(unit, (units.get(unit) ?? 0) + 1);
		if (/^[+-]?0\d/.test(text)) leadingZero++;
		if (/^[+-]?\d{16,}$/.test(text)) long++;
		if (PLAIN.test(text)) seen[/^[+-]?\d{1,3}\.\d{3}$/.test(text) ? 'both' : 'plain']++;
		else if (COMMA_GROUPS.test(text))
			seen[DECIMAL_COMMA.test(text) ? 'decimalComma' : 'commaGroups']++;
		else if (DECIMAL_COMMA.test(text)) {
			seen.decimalComma++;
			seen.sureComma = true;
		} else if (DOT_GROUPS.test(text)) seen.dotGroups++;
		else if (SPACE_GROUPS.test(text)) seen.spaces++;
		else seen.other++;
	}
	const total = samples.length;
	if (total === 0 || seen.other > total * 0.1) return null;
	if (leadingZero > 0 && leadingZero >= total * 0.005 && !seen.sureComma)
		return { code: 'leading zeros' };
	if (long > 0) return { code: 'more than 15 digits' };
	const style = { decimal: '.', groups: /,/g, unit: null, fast: false, assumption: null };
	const anglo = ['$', '£', '₹', 'USD', 'GBP'].some((unit) => units.has(unit));
	const comma =
		seen.sureComma || seen.dotGroups > 0 || (seen.decimalComma > 0 && semicolons && !anglo);
	if (comma) Object.assign(style, { decimal: ',', groups: /\.(?=\d{3}(?:\D|$))/g });
	else if (seen.decimalComma > 0 && seen.commaGroups === 0 && seen.plain < total / 2)
		style.assumption = 'a comma before three digits was read as a thousands separator';
	if (units.size > 0) style.unit = [...units].sort((a, b) => b[1] - a[1])[0][0];
	if (units.size > 1)
		style.assumption = `several units were found (${[...units.keys()].join(', ')}); numbers were not converted`;
	return style;
}

/** The number that a text stands for under the column's style; NaN when it is none. */
export function toNumber(raw, style) {
	if (PLAIN.test(raw) && style.decimal === '.') return Number(raw);
	let { text } = bare(raw);
	if (style.decimal === ',') {
		if (
			!DECIMAL_COMMA.test(text) &&
			!DOT_GROUPS.test(text) &&
			!PLAIN.test(text) &&
			!SPACE_GROUPS.test(text)
		)
			return NaN;
		text = text
			.replace(style.groups, '')
			.replace(/[ '’\u00a0\u202f]/g, '')
			.replace(',', '.');
	} else if (COMMA_GROUPS.test(text)) text = text.replace(/,/g, '');
	else if (SPACE_GROUPS.test(text)) text = text.replace(/[ '’\u00a0\u202f]/g, '').replace(',', '.');
	return PLAIN.test(text) ? Number(text) : NaN;
}

/** true/false, yes/no and the like; null when the values are something else. */
export function booleanPair(values) {
	const pairs = [
		['true', 'false'],
		['yes', 'no'],
		['y', 'n'],
		['t', 'f'],
		['ja', 'nein'],
		['oui', 'non'],
		['on', 'off']
	];
	const lower = new Set([...values].map((v) => v.toLowerCase()));
	if (lower.size === 0) return null;
	return pairs.find((pair) => [...lower].every((v) => pair.includes(v))) ?? null;
}

// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const TIME = '(?:[T ,]\\s*(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d+))?)?\\s*([AaPp][Mm])?)?';
const ISO = new RegExp(
	`^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})${TIME}\\s*(Z|UTC|[+-]\\d{2}:?\\d{2})?$`
);
const NUMERIC = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})${TIME}$`);
const MONTH_FIRST = new RegExp(`^([A-Za-z]{3,9})\\.? (\\d{1,2}),? (\\d{4})${TIME}$`);
const DAY_FIRST = new RegExp(`^(\\d{1,2})[- ]([A-Za-z]{3,9})\\.?[- ,]+(\\d{4}|\\d{2})${TIME}$`);
const YEAR_MONTH = /^(\d{4})-(\d{2})$/;
const MONTH_YEAR = /^([A-Za-z]{3,9})[ -](\d{4})$/;

/** The order of day and month in a column of dates, or null when it holds no dates. */
export function dateStyle(samples) {
	let dates = 0;
	let dayFirst = 0;
	let monthFirst = 0;
	let numeric = 0;
	let dots = 0;
	let time = 0;
	let names = 0;
	let months = 0;
	for (const text of samples) {
		if (text.length > 40 || text.length < 6) continue;
		const found = NUMERIC.exec(text);
		if (found) {
			numeric++;
			if (found[2] === '.') dots++;
			if (Number(found[1]) > 12) dayFirst++;
			if (Number(found[3]) > 12) monthFirst++;
		} else if (YEAR_MONTH.test(text) || MONTH_YEAR.test(text)) months++;
		else if (MONTH_FIRST.test(text) || DAY_FIRST.test(text)) names++;
		if (!Number.isNaN(toTime(text, { order: dayFirst > monthFirst ? 'dmy' : 'mdy' })) || found)
			dates++;
		if (text.includes(':')) time++;
	}
	if (samples.length === 0 || dates < samples.length * 0.9) return null;
	const style = {
		order: 'ymd',
		format: 'year-month-day',
		time: time > dates / 2,
		assumption: null
	};
	if (months > dates / 2) style.format = 'year and month';
	if (names > dates / 2) style.format = 'with the month as a word';
	if (numeric > 0) {
		style.order = dots > numeric / 2 || dayFirst > monthFirst ? 'dmy' : 'mdy';
		style.format = style.order === 'dmy' ? 'day-month-year' : 'month-day-year';
		if (dayFirst > 0 && monthFirst > 0)
			style.assumption = `day and month are mixed up: ${dayFirst} value(s) can only be day first and ${monthFirst} only month first; read as ${style.format}`;
		else if (dayFirst === 0 && monthFirst === 0)
			style.assumption = `day and month could not be told apart; read as ${style.format}${dots > numeric / 2 ? ' because of the dots' : ''}`;
	}
	return style;
}

/** Milliseconds since 1970 in UTC; NaN when the text is no date of the style. */
export function toTime(text, style) {
	let found = ISO.exec(text);
	if (found) return build(found[1], found[2], found[3], found.slice(4, 9)) - offset(found[9]);
	found = NUMERIC.exec(text);
	if (found) {
		const [day, month] = style.order === 'dmy' ? [found[1], found[3]] : [found[3], found[1]];
		return build(fullYear(found[4]), month, day, found.slice(5, 10));
	}
	found = MONTH_FIRST.exec(text);
	if (found) return build(found[3], monthOf(found[1]), found[2], found.slice(4, 9));
	found = DAY_FIRST.exec(text);
	if (found) return build(fullYear(found[3]), monthOf(found[2]), found[1], found.slice(4, 9));
	found = YEAR_MONTH.exec(text);
	if (found) return build(found[1], found[2], 1, []);
	found = MONTH_YEAR.exec(text);
	if (found) return build(found[2], monthOf(found[1]), 1, []);
	return NaN;
}

function monthOf(word) {
	return MONTHS.indexOf(word.slice(0, 3).toLowerCase()) + 1;
}

function fullYear(text) {
	const year = Number(text);
	return text.length === 4 ? year : year < 70 ? 2000 + year : 1900 + year;
}

function offset(zone) {
	if (!zone || zone === 'Z' || zone === 'UTC') return 0;
	const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
	return (zone[0] === '-' ? -1 : 1) * minutes * 60_000;
}

function build(year, month, day, [hour, minute, second, fraction, half]) {
	const m = Number(month);
	const d = Number(day);
	let h = Number(hour ?? 0);
	if (half) h = (h % 12) + (/p/i.test(half) ? 12 : 0);
	if (m < 1 || m > 12 || d < 1 || d > 31 || h > 24) return NaN;
	const date = new Date(0);
	date.setUTCFullYear(Number(year), m - 1, d);
	if (date.getUTCDate() !== d) return NaN;
	return date.setUTCHours(
		h,
		Number(minute ?? 0),
		Number(second ?? 0),
		Number(`0.${fraction ?? 0}`) * 1000
	);
}

// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.

const DAY = 86_400_000;
const PERIODS = ['hour', 'day', 'week', 'month', 'quarter', 'year'];
const LENGTH = {
	hour: DAY / 24,
	day: DAY,
	week: 7 * DAY,
	month: 30.44 * DAY,
	quarter: 91.3 * DAY,
	year: 365.25 * DAY
};
const MOST_POINTS = 72;

/** The number of the period that a time lies in; consecutive periods have consecutive numbers. */
export function periodOf(time, period) {
	if (period === 'hour' || period === 'day') return Math.floor(time / LENGTH[period]);
	if (period === 'week') return Math.floor((time + 3 * DAY) / (7 * DAY));
	const date = new Date(time);
	const year = date.getUTCFullYear();
	if (period === 'year') return year;
	return period === 'quarter'
		? year * 4 + Math.floor(date.getUTCMonth() / 3)
		: year * 12 + date.getUTCMonth();
}

/** `2012-03`, `2012-Q1`, `2012-03-05`, … */
export function periodName(number, period) {
	if (period === 'year') return String(number);
	if (period === 'quarter') return `${Math.floor(number / 4)}-Q${(((number % 4) + 4) % 4) + 1}`;
	if (period === 'month')
		return `${Math.floor(number / 12)}-${String((((number % 12) + 12) % 12) + 1).padStart(2, '0')}`;
	const start = period === 'week' ? number * 7 * DAY - 3 * DAY : number * LENGTH[period];
	const text = new Date(start).toISOString();
	return period === 'hour' ? text.slice(0, 13).replace('T', ' ') + ':00' : text.slice(0, 10);
}

/** The finest period that gives a line one can read. */
export function choosePeriod(min, max, hasTime) {
	for (const period of PERIODS) {
		if (period === 'hour' && !hasTime) continue;
		const most = period === 'week' ? 40 : MOST_POINTS;
		if ((max - min) / LENGTH[period] + 1 <= most) return period;
	}
	return 'year';
}

/** Each measure by period, with first and last period and a straight line through the means. */
export function trendsOf(axis, measures, length) {
	const { period } = axis;
	const first = periodOf(axis.min, period);
	const slots = Math.min(5000, periodOf(axis.max, period) - first + 1);
	const at = axis.index(first);
	const rows = new Float64Array(slots);
	for (let i = 0; i < length; i++) if (at(i) >= 0 && at(i) < slots) rows[at(i)]++;
	const names = Array.from({ length: slots }, (_, k) => periodName(first + k, period));
	const trends = measures.map((measure) => {
		const n = new Float64Array(slots);
		const sum = new Float64Array(slots);
		for (let i = 0; i < length; i++) {
			const v = measure.stored[i];
			const k = at(i);
			if (v !== v || !(k >= 0 && k < slots)) continue;
			n[k]++;
			sum[k] += v;
		}
		const points = names
			.map((name, k) => ({
				period: name,
				n: n[k],
				mean: n[k] > 0 ? sum[k] / n[k] : null,
				sum: sum[k],
				at: k
			}))
			.filter((point) => point.n > 0);
		return {
			measure: measure.name,
			points,
			...line(points),
			seasons: seasonsOf(measure, axis, length)
		};
	});
	return {
		date_column: axis.name,
		period,
		periods: slots,
		empty_periods: rows.filter((r) => r === 0).length,
		rows_by_period: names
			.map((name, k) => ({ period: name, n: rows[k] }))
			.filter((p) => p.n > 0 || slots <= MOST_POINTS),
		trends
	};
}

/** The line and its ends; a first or last period with far fewer rows than usual is no end. */
function line(points) {
	const usual = [...points].sort((a, b) => a.n - b.n)[Math.floor(points.length / 2)]?.n ?? 0;
	const full = points.filter((p) => p.n >= 0.6 * usual);
	if (points.length < 3)
		return {
			first: points[0] ?? null,
			last: points.at(-1) ?? null,
			slope_per_period: null,
			r_squared: null
		};
	const mx = points.reduce((s, p) => s + p.at, 0) / points.length;
	const my = points.reduce((s, p) => s + p.mean, 0) / points.length;
	let sxx = 0;
	let sxy = 0;
	let syy = 0;
	for (const p of points) {
		sxx += (p.at - mx) ** 2;
		sxy += (p.at - mx) * (p.mean - my);
		syy += (p.mean - my) ** 2;
	}
	return {
		first: full[0],
		last: full.at(-1),
		peak: full.reduce((a, b) => (b.mean > a.mean ? b : a)),
		trough: full.reduce((a, b) => (b.mean < a.mean ? b : a)),
		ends_skipped: full[0] !== points[0] || full.at(-1) !== points.at(-1),
		slope_per_period: sxy / sxx,
		r_squared: syy > 0 ? sxy ** 2 / (sxx * syy) : null
	};
}

/** Means by calendar month, when at least two years are there. */
function seasonsOf(measure, axis, length) {
	if (axis.year || axis.max - axis.min < 700 * DAY || LENGTH[axis.period] > LENGTH.quarter)
		return null;
	const n = new Float64Array(12);
	const sum = new Float64Array(12);
	for (let i = 0; i < length; i++) {
		const v = measure.stored[i];
		const t = axis.stored[i];
		if (v !== v || t !== t) continue;
		const month = new Date(t).getUTCMonth();
		n[month]++;
		sum[month] += v;
	}
	if (n.some((count) => count === 0)) return null;
	return Array.from(n, (count, month) => ({
		month: month + 1,
		n: count,
		mean: sum[month] / count
	}));
}

/** Whether fewer than six in ten periods hold a row: then a longer period is the honest one. */
function sparse(column, period) {
	const seen = new Set();
	for (let i = 0; i < column.length; i++)
		if (column.stored[i] === column.stored[i]) seen.add(periodOf(column.stored[i], period));
	return seen.size < 0.6 * (periodOf(column.max, period) - periodOf(column.min, period) + 1);
}

/** A time axis over a date column, or over a column of whole years. */
export function createAxis(column) {
	const year = column.kind === 'number';
	const { stored } = column;
	let period = year ? 'year' : choosePeriod(column.min, column.max, column.style.time);
	while (period !== 'year' && sparse(column, period)) period = PERIODS[PERIODS.indexOf(period) + 1];
	const time = (v) => (year ? Date.UTC(v, 0, 1) : v);
	const index = (first) => {
		const cache = new Int32Array(stored.length);
		for (let i = 0; i < stored.length; i++)
			cache[i] =
				stored[i] === stored[i] ? (year ? stored[i] : periodOf(stored[i], period)) - first : -1;
		return (i) => cache[i];
	};
	return {
		name: column.name,
		min: time(column.min),
		max: time(column.max),
		stored,
		year,
		period,
		index
	};
}

/**
 * When several rows share each date and a category tells them apart (four shares, one price a month
 * each): the measure by period within each value of that category. Null when the rows are no such panel.
 */
export function panelOf(axis, categories, measure, length) {
	const first = periodOf(axis.min, axis.period);
	const at = axis.index(first);
	const dates = new Set();
	for (let i = 0; i < length; i++) if (axis.stored[i] === axis.stored[i]) dates.add(axis.stored[i]);
	if (dates.size > length * 0.7) return null;
	for (const category of categories) {
		if (category.values.length < 2 || category.values.length > 8 || category.estimate) continue;
		const cells = new Set();
		const sums = category.values.map(() => new Map());
		for (let i = 0; i < length; i++) {
			const code = category.stored[i];
			const v = measure.stored[i];
			if (code < 0 || at(i) < 0 || v !== v) continue;
			cells.add(axis.stored[i] * 16 + code);
			const slot = sums[code].get(at(i)) ?? { n: 0, sum: 0 };
			slot.n++;
			slot.sum += v;
			sums[code].set(at(i), slot);
		}
		if (cells.size < length * 0.9) continue;
		const series = sums.map((slots, code) => ({
			value: category.values[code],
			points: [...slots]
				.sort((a, b) => a[0] - b[0])
				.map(([k, s]) => ({
					period: periodName(first + k, axis.period),
					at: k,
					n: s.n,
					mean: s.sum / s.n
				}))
		}));
		return {
			category: category.name,
			measure: measure.name,
			date_column: axis.name,
			period: axis.period,
			series: series.sort((a, b) => (a.value < b.value ? -1 : 1))
		};
	}
	return null;
}

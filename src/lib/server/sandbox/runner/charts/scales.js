// @ts-nocheck -- runs inside Deno, never in Node
// Ticks and their labels. Dates are days since 1970; categories are 0, 1, 2, …

const DAY = 86400000;

/** Round values from `low` to `high`, about `count` of them. */
export function linearTicks(low, high, count, integer = false) {
	const raw = (high - low) / Math.max(1, count);
	if (!(raw > 0) || !Number.isFinite(raw)) return [low];
	const power = 10 ** Math.floor(Math.log10(raw));
	let step = [1, 2, 2.5, 5, 10].find((m) => m * power >= raw * 0.9999) * power;
	if (integer) step = Math.max(1, Math.ceil(step));
	return stepTicks(low, high, step);
}

/** The multiples of `step` from `low` to `high`. */
export function stepTicks(low, high, step) {
	const ticks = [];
	for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++)
		ticks.push(Number((n * step).toPrecision(12)));
	return ticks;
}

export function logTicks(low, high) {
	const ticks = [];
	const first = Math.floor(Math.log10(low));
	const last = Math.ceil(Math.log10(high));
	const every = Math.max(1, Math.ceil((last - first) / 9));
	for (let n = first; n <= last; n += every)
		if (10 ** n >= low * 0.999 && 10 ** n <= high * 1.001) ticks.push(10 ** n);
	if (ticks.length < 2)
		for (let n = first; n <= last; n++)
			for (const m of [2, 5])
				if (m * 10 ** n >= low && m * 10 ** n <= high) ticks.push(m * 10 ** n);
	return ticks.sort((a, b) => a - b);
}

const TIME_STEPS = [
	['s', 1],
	['s', 5],
	['s', 15],
	['s', 30],
	['m', 1],
	['m', 5],
	['m', 15],
	['m', 30],
	['h', 1],
	['h', 3],
	['h', 6],
	['h', 12],
	['d', 1],
	['d', 2],
	['d', 7],
	['d', 14],
	['M', 1],
	['M', 2],
	['M', 3],
	['M', 6],
	['y', 1],
	['y', 2],
	['y', 5],
	['y', 10],
	['y', 20],
	['y', 50],
	['y', 100]
];
const DAYS = { s: 1 / 86400, m: 1 / 1440, h: 1 / 24, d: 1, M: 30.44, y: 365.25 };

/** Ticks on round dates, and the unit they step in. */
export function timeTicks(low, high, count, given) {
	const fits = given && (high - low) / (DAYS[given[0]] * given[1]) <= 200;
	const [unit, step] =
		(fits && given) ||
		(TIME_STEPS.find(([u, n]) => (high - low) / (DAYS[u] * n) <= count) ?? ['y', 500]);
	const ticks = [];
	if (unit === 'M' || unit === 'y') {
		const start = new Date(low * DAY);
		const months = unit === 'y' ? 12 * step : step;
		let month = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months;
		for (let at = 0; at <= high && ticks.length < 1000; month += months) {
			at =
				Date.UTC(0, 0) && new Date(0).setUTCFullYear(Math.floor(month / 12), month % 12, 1) / DAY;
			if (at >= low - 1e-9 && at <= high + 1e-9) ticks.push(at);
		}
	} else {
		const size = DAYS[unit] * step;
		for (let n = Math.ceil(low / size - 1e-9); n * size <= high + 1e-9; n++) ticks.push(n * size);
	}
	return { ticks, unit };
}

const MONTHS = [
	'January',
	'February',
	'March',
	'April',
	'May',
	'June',
	'July',
	'August',
	'September',
	'October',
	'November',
	'December'
];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** A date by a strftime pattern. */
export function formatTime(days, pattern) {
	const d = new Date(Math.round(days * DAY));
	const two = (n) => String(n).padStart(2, '0');
	const parts = {
		Y: d.getUTCFullYear(),
		y: two(d.getUTCFullYear() % 100),
		m: two(d.getUTCMonth() + 1),
		d: two(d.getUTCDate()),
		e: d.getUTCDate(),
		H: two(d.getUTCHours()),
		M: two(d.getUTCMinutes()),
		S: two(d.getUTCSeconds()),
		I: two(d.getUTCHours() % 12 || 12),
		p: d.getUTCHours() < 12 ? 'AM' : 'PM',
		b: MONTHS[d.getUTCMonth()].slice(0, 3),
		B: MONTHS[d.getUTCMonth()],
		a: WEEKDAYS[d.getUTCDay()].slice(0, 3),
		A: WEEKDAYS[d.getUTCDay()],
		j: String(Math.floor((d - Date.UTC(d.getUTCFullYear(), 0, 1)) / DAY) + 1).padStart(3, '0'),
		'%': '%'
	};
	return pattern.replaceAll(/%-?([a-zA-Z%])/g, (all, key) => parts[key] ?? all);
}

export function timeLabel(unit, low, high) {
	const years = new Date(low * DAY).getUTCFullYear() !== new Date(high * DAY).getUTCFullYear();
	if (unit === 'y') return '%Y';
	if (unit === 'M') return '%b %Y';
	if (unit === 'd') return years ? '%b %e, %Y' : '%b %e';
	if (unit === 's') return '%H:%M:%S';
	return high - low > 1 ? '%b %e %H:%M' : '%H:%M';
}

/** Labels for the ticks of one axis: all with the same number of decimals and the same unit. */
export function numberLabels(ticks) {
	const largest = Math.max(...ticks.map(Math.abs), 0);
	const step =
		ticks.length > 1
			? Math.min(...ticks.slice(1).map((t, n) => Math.abs(t - ticks[n])))
			: largest || 1;
	const [unit, suffix] =
		largest >= 1e12
			? [1e12, 'T']
			: largest >= 1e9
				? [1e9, 'B']
				: largest >= 1e6
					? [1e6, 'M']
					: [1, ''];
	if (largest >= 1e15 || (largest > 0 && largest < 1e-4))
		return ticks.map((t) => (t === 0 ? '0' : minus(t.toExponential(1).replace('+', ''))));
	const decimals = Math.max(
		0,
		Math.min(8, Math.ceil(-Math.log10(step / unit) - 1e-9) + (isFine(step / unit) ? 1 : 0))
	);
	return ticks.map((t) => minus((t / unit).toFixed(decimals)) + (t === 0 ? '' : suffix));
}

/** Steps such as 2.5 or 0.25 need one decimal more. */
function isFine(step) {
	const mantissa = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
	return Math.abs(mantissa - 2.5) < 1e-6;
}

export function logLabel(tick) {
	const power = Math.log10(tick);
	if (Math.abs(power - Math.round(power)) > 1e-9) return String(tick);
	return tick >= 1e-3 && tick < 1e6
		? String(Number(tick.toPrecision(3)))
		: `1e${Math.round(power)}`;
}

export const minus = (text) => text.replace(/^-/, '−').replace(/^−(0(\.0+)?)$/, '$1');

/** `%.1f`, `{:.1f}` and `{x:,.0f}`: what people write. */
export function formatValue(format, value) {
	const wanted =
		/^(.*?)(?:%([,+]?)(?:\.(\d+))?([dfge])|\{(?:x|0)?(?::([,+]?)(?:\.(\d+))?([dfge%])?)?\})(.*)$/s.exec(
			String(format)
		);
	if (!wanted) return String(format);
	const flag = wanted[2] ?? wanted[5] ?? '';
	const places = wanted[3] ?? wanted[6];
	const kind = wanted[4] ?? wanted[7] ?? (places === undefined ? 'g' : 'f');
	let text;
	if (kind === 'd') text = String(Math.trunc(value));
	else if (kind === 'e') text = value.toExponential(Number(places ?? 6));
	else if (kind === 'g') text = String(Number(value.toPrecision(Number(places ?? 6))));
	else if (kind === '%') text = (value * 100).toFixed(Number(places ?? 6)) + '%';
	else text = value.toFixed(Number(places ?? 6));
	if (flag === ',') text = text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
	return minus(wanted[1] + text + wanted[8].replaceAll('%%', '%'));
}

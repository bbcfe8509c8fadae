// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.

const MAX_MEASURES = 40;
const PAIR_BUDGET = 200_000_000;
const MAX_GROUPED = 500_000;

/** Pearson's r of every pair of measures over the rows where both are there. */
export function correlate(measures, length) {
	const used = measures.slice(0, MAX_MEASURES);
	if (used.length < 2) return null;
	const pairs = (used.length * (used.length - 1)) / 2;
	const stride = Math.max(1, Math.ceil((pairs * length) / PAIR_BUDGET));
	const matrix = used.map((_, i) => used.map((_, j) => (i === j ? 1 : null)));
	const list = [];
	for (let i = 0; i < used.length; i++)
		for (let j = i + 1; j < used.length; j++) {
			const { r, n } = pearson(used[i].stored, used[j].stored, length, stride);
			matrix[i][j] = matrix[j][i] = r;
			if (r !== null) list.push({ a: used[i].name, b: used[j].name, r, n });
		}
	list.sort(
		(x, y) =>
			Math.abs(y.r) - Math.abs(x.r) || x.a.localeCompare(y.a, 'en') || x.b.localeCompare(y.b, 'en')
	);
	return {
		columns: used.map((c) => c.name),
		matrix,
		strongest: list.slice(0, 20),
		every_nth_row: stride,
		columns_left_out: measures.length - used.length
	};
}

function pearson(x, y, length, stride) {
	let n = 0;
	let mx = 0;
	let my = 0;
	let sxx = 0;
	let syy = 0;
	let sxy = 0;
	for (let i = 0; i < length; i += stride) {
		const a = x[i];
		const b = y[i];
		if (a !== a || b !== b) continue;
		n++;
		const da = a - mx;
		mx += da / n;
		sxx += da * (a - mx);
		const db = b - my;
		my += db / n;
		syy += db * (b - my);
		sxy += da * (b - my);
	}
	if (n < 3 || sxx <= 0 || syy <= 0) return { r: null, n };
	return { r: Math.max(-1, Math.min(1, sxy / Math.sqrt(sxx * syy))), n };
}

/** Up to `limit` pairs of two measures, evenly spaced over the rows. */
export function scatterSample(a, b, length, limit) {
	const both = [];
	for (let i = 0; i < length; i++)
		if (a.stored[i] === a.stored[i] && b.stored[i] === b.stored[i]) both.push(i);
	const step = Math.max(1, both.length / limit);
	const points = [];
	for (let k = 0; k < both.length && points.length < limit; k += step) {
		const i = both[Math.floor(k)];
		points.push([a.stored[i], b.stored[i]]);
	}
	return { points, of: both.length };
}

/** A measure by the values of a category: n, mean, quartiles, and how much of its variance lies between them. */
export function compareGroups(category, measure, length) {
	const groups = new Map();
	const stride = Math.max(1, Math.ceil(length / MAX_GROUPED));
	for (let i = 0; i < length; i += stride) {
		const code = category.stored[i];
		const value = measure.stored[i];
		if (code < 0 || value !== value) continue;
		let group = groups.get(code);
		if (!group) groups.set(code, (group = []));
		group.push(value);
	}
	const list = [];
	let total = 0;
	let count = 0;
	for (const [code, values] of groups) {
		const sorted = Float64Array.from(values).sort();
		const sum = sorted.reduce((s, v) => s + v, 0);
		total += sum;
		count += sorted.length;
		list.push({
			value: category.values[code],
			n: sorted.length,
			mean: sum / sorted.length,
			sorted
		});
	}
	if (list.length < 2 || count < 5) return null;
	const mean = total / count;
	let between = 0;
	let all = 0;
	for (const { n, mean: m, sorted } of list) {
		between += n * (m - mean) ** 2;
		for (const v of sorted) all += (v - mean) ** 2;
	}
	list.sort((x, y) => y.mean - x.mean || (x.value < y.value ? -1 : 1));
	return {
		category: category.name,
		measure: measure.name,
		n: count,
		every_nth_row: stride,
		share_between: all > 0 ? between / all : 0,
		groups: list.map(({ sorted, ...rest }) => ({ ...rest, box: boxOf(sorted) }))
	};
}

/** Type 7, as spreadsheets and numpy do it. */
export function quantile(sorted, p) {
	if (sorted.length === 0) return null;
	const at = (sorted.length - 1) * p;
	const low = Math.floor(at);
	const high = Math.min(sorted.length - 1, low + 1);
	return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

/** Quartiles, whiskers at the last values within 1.5 interquartile ranges, and what lies beyond. */
export function boxOf(sorted) {
	const q1 = quantile(sorted, 0.25);
	const q3 = quantile(sorted, 0.75);
	const low = q1 - 1.5 * (q3 - q1);
	const high = q3 + 1.5 * (q3 - q1);
	let from = 0;
	while (from < sorted.length && sorted[from] < low) from++;
	let to = sorted.length - 1;
	while (to >= 0 && sorted[to] > high) to--;
	const beyond = [...sorted.subarray(0, from), ...sorted.subarray(to + 1)];
	const step = Math.max(1, beyond.length / 60);
	const shown = [];
	for (let k = 0; k < beyond.length; k += step) shown.push(beyond[Math.floor(k)]);
	return {
		// With few values the last one inside can lie within the box; the whisker then ends at its edge.
		low: Math.min(sorted[from], q1),
		q1,
		median: quantile(sorted, 0.5),
		q3,
		high: Math.max(sorted[to], q3),
		fences: [low, high],
		outliers: beyond.length,
		outliers_shown: shown
	};
}

// @ts-nocheck -- runs inside Deno, never in Node
// From data to places on one axis: limits, ticks, scale.
import {
	formatTime,
	formatValue,
	linearTicks,
	stepTicks,
	logLabel,
	logTicks,
	minus,
	numberLabels,
	timeLabel,
	timeTicks
} from '../scales.js';

function boundsOf(artist, name) {
	const low = name + '0';
	const high = name + '1';
	const index = name === 'x' ? 0 : 1;
	switch (artist.kind) {
		case 'line':
		case 'points':
			return name === 'x' ? artist.xs : artist.ys;
		case 'rects':
			return artist.rects.flatMap((r) => [r[low], r[high]]);
		case 'shapes':
			return artist.shapes.flatMap((s) => s.map((p) => p[index]));
		case 'segments':
			return artist.segments.flatMap((s) => [s[index], s[index + 2]]);
		case 'across':
			return artist.direction === name ? artist.values : [];
		case 'heat':
			return name === 'x' ? artist.xEdges : artist.yEdges;
		case 'pie':
			return [-1.25 * artist.radius, 1.25 * artist.radius];
		case 'boxes':
			return artist.boxes.flatMap((b) =>
				(name === 'x') === artist.upright
					? [b.at - 0.5, b.at + 0.5]
					: [b.low, b.high, ...b.outliers]
			);
		default:
			return artist.measured && name === 'y' && Number.isFinite(artist.y) ? [artist.y] : [];
	}
}

/** The value range that an axis shows. */
export function rangeOf(axes, name, all) {
	const axis = axes[name];
	const log = axis.scale === 'log';
	const sharing = all.filter((a) => a[name] === axis || a === axes || sameShare(a, axes, name));
	let low = Infinity;
	let high = -Infinity;
	let stuckLow = false;
	let stuckHigh = false;
	for (const artist of sharing.flatMap((a) => a.artists)) {
		for (const v of boundsOf(artist, name)) {
			if (!Number.isFinite(v) || (log && v <= 0)) continue;
			if (v < low) low = v;
			if (v > high) high = v;
		}
		if (artist.kind === 'heat' || artist.kind === 'pie') stuckLow = stuckHigh = true;
	}
	if (low > high) [low, high] = log ? [1, 10] : [0, 1];
	const value = (artist) => artist.kind === 'rects' && artist.horizontal === (name === 'x');
	const bars = sharing
		.flatMap((a) => a.artists)
		.filter(value)
		.flatMap((a) => a.rects);
	if (bars.length > 0 && !log) {
		const base = bars.map((r) => r[name + '0']);
		if (base.some((b) => b === low)) stuckLow = true;
		if (base.some((b) => b === high)) stuckHigh = true;
	}
	if (low === high)
		[low, high] = log
			? [low / 2, high * 2]
			: low === 0
				? [-0.5, 0.5]
				: [low - Math.abs(low) * 0.05, high + Math.abs(high) * 0.05];
	else if (log) {
		const pad = (high / low) ** (axis.margin ?? 0.05);
		[low, high] = [low / pad, high * pad];
	} else {
		const pad = (high - low) * (axis.margin ?? 0.05);
		if (!stuckLow) low -= pad;
		if (!stuckHigh) high += pad;
	}
	const set = sharing.find((a) => a[name].low !== null || a[name].high !== null)?.[name] ?? axis;
	low = set.low ?? low;
	high = set.high ?? high;
	if (log && low <= 0) low = high / 1000;
	if (low === high) high = low + 1;
	return [low, high];
}

function sameShare(a, b, name) {
	const root = (x) => (x.share?.[name] ? root(x.share[name]) : x);
	return root(a) === root(b);
}

/** Ticks with labels for `pixels` of axis. */
export function ticksOf(axis, [low, high], pixels, horizontal) {
	const inside = (t) => t >= low - (high - low) * 1e-6 && t <= high + (high - low) * 1e-6;
	const { nbins, integer, every: step, unit } = axis.locator ?? {};
	const count = nbins ?? Math.max(2, Math.round(pixels / (horizontal ? 75 : 42)));
	let ticks;
	let labels;
	const fixed = axis.ticks ?? axis.locator?.ticks;
	if (fixed) {
		ticks = fixed;
		labels =
			axis.labels ??
			(axis.time
				? ticks.map((t) => formatTime(t, axis.format ?? timeLabel('d', low, high)))
				: axis.categories
					? ticks.map((t) => axis.categories[t] ?? String(t))
					: null);
	} else if (axis.categories) {
		const every = Math.max(1, Math.ceil(axis.categories.length / (pixels / 13)));
		ticks = axis.categories.map((_, n) => n).filter((n) => n % every === 0);
		labels = ticks.map((n) => axis.categories[n]);
	} else if (axis.time) {
		const found = timeTicks(
			low,
			high,
			nbins ?? Math.max(2, Math.round(pixels / 85)),
			unit && [unit, step]
		);
		ticks = found.ticks;
		labels = ticks.map((t) => formatTime(t, axis.format ?? timeLabel(found.unit, low, high)));
	} else if (axis.scale === 'log') ticks = logTicks(low, high);
	else if (step > 0 && (high - low) / step <= 1000) ticks = stepTicks(low, high, step);
	else ticks = linearTicks(low, high, count, integer);
	if (!labels)
		labels = axis.format
			? ticks.map((t) => formatValue(axis.format, t))
			: axis.scale === 'log'
				? ticks.map(logLabel)
				: fixed || axis.plain
					? ticks.map((t) => minus(String(Number(t.toPrecision(8)))))
					: numberLabels(ticks);
	const shown = ticks.map((at, n) => ({ at, label: labels[n] ?? '' })).filter((t) => inside(t.at));
	return shown;
}

/** Maps values to pixels. */
export function scaleOf(axis, [low, high], from, to) {
	const [a, b] = axis.inverted ? [to, from] : [from, to];
	if (axis.scale === 'log') {
		const [l, h] = [Math.log10(low), Math.log10(high)];
		return (v) => a + ((Math.log10(Math.max(v, 1e-300)) - l) / (h - l)) * (b - a);
	}
	return (v) => a + ((v - low) / (high - low)) * (b - a);
}

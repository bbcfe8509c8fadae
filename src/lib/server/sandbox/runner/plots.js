// @ts-nocheck -- runs inside Deno, never in Node
// The plot functions: each adds artists (plain data) to the axes.
import { CYCLE, fail, parseFormat, toColor, toDash } from './colors.js';

const LINE = [
	'color',
	'linestyle',
	'linewidth',
	'marker',
	'markersize',
	'markerfacecolor',
	'markeredgecolor',
	'markeredgewidth',
	'label',
	'alpha',
	'drawstyle',
	'markevery',
	'where'
];
const FILL = [
	'color',
	'facecolor',
	'edgecolor',
	'linewidth',
	'alpha',
	'label',
	'hatch',
	'linestyle'
];

/** Values as numbers on an axis: dates become days, names become 0, 1, 2, … */
export function toNumbers(axis, values) {
	const list =
		values === null || values === undefined ? [] : Array.isArray(values) ? values : [values];
	if (list.some((v) => typeof v === 'string')) {
		axis.categories ??= [];
		return list.map((v) => {
			const name =
				v === null ? 'None' : typeof v === 'object' ? new Date(v.$t).toISOString() : String(v);
			if (!axis.categories.includes(name)) axis.categories.push(name);
			return axis.categories.indexOf(name);
		});
	}
	return list.map((v) => {
		if (v === null || v === undefined) return NaN;
		if (typeof v === 'object' && '$t' in v) {
			axis.time = true;
			return v.$t / 86400000;
		}
		if (typeof v === 'boolean') return Number(v);
		if (typeof v === 'number') return v;
		throw fail('TypeError', `${JSON.stringify(v)?.slice(0, 80)} is not a number, a date or a name`);
	});
}
/** Lines and areas go through the colours separately, as in matplotlib. */
export const nextColor = (axes, counter = 'areas') => CYCLE[axes[counter]++ % CYCLE.length];
export function sameLength(name, ...lists) {
	if (new Set(lists.map((l) => l.length)).size > 1)
		throw fail(
			'ValueError',
			`${name}(): the lists have different lengths: ${lists.map((l) => l.length).join(' and ')}`
		);
}
const each = (value, n, fallback) =>
	Array.isArray(value) ? value[n % value.length] : (value ?? fallback);
const handle = (artist, extra = {}) => ({ $artist: artist.id, kind: artist.kind, ...extra });
const legendName = (label) =>
	label === null || label === undefined || String(label).startsWith('_') ? null : String(label);
const isColorList = (c) =>
	Array.isArray(c) &&
	!(c.every((v) => typeof v === 'number') && (c.length === 3 || c.length === 4));

/** For bars: one [from, to] box a bar, on whichever axis. */
function bars(axes, o, along, across, sizeName) {
	const at = toNumbers(along, o.at);
	const length = toNumbers(across, Array.isArray(o.length) ? o.length : at.map(() => o.length));
	sameLength(sizeName, at, length);
	const thick = at.map((_, n) => each(o.thick, n, 0.8));
	const base = at.map((_, n) => toNumbers(across, each(o.base, n, 0))[0]);
	const color = isColorList(o.color)
		? o.color.map(toColor)
		: (toColor(o.color ?? o.facecolor) ?? nextColor(axes));
	const shift = o.align === 'edge' ? 0 : 0.5;
	const rects = at.map((v, n) => {
		const from = v - thick[n] * shift;
		const [a, b] = [base[n], base[n] + length[n]];
		const box =
			along === axes.x
				? { x0: from, x1: from + thick[n], y0: a, y1: b }
				: { x0: a, x1: b, y0: from, y1: from + thick[n] };
		return { ...box, color: each(color, n) };
	});
	const edge = toColor(o.edgecolor);
	const labels = Array.isArray(o.label) ? o.label : null;
	if (labels) rects.forEach((r, n) => (r.label = labels[n]));
	const artist = axes.add({
		kind: 'rects',
		rects,
		edge,
		width: o.linewidth ?? (edge ? 1 : 0),
		alpha: o.alpha ?? 1,
		label: labels ? null : legendName(o.label),
		hatch: o.hatch,
		horizontal: along === axes.y,
		sticky: true
	});
	if (o.tick_label) Object.assign(along, { ticks: at, labels: o.tick_label.map(String) });
	const error = o.error;
	if (error !== undefined && error !== null)
		errors(
			axes,
			rects.map((r) => (along === axes.x ? [(r.x0 + r.x1) / 2, r.y1] : [r.x1, (r.y0 + r.y1) / 2])),
			error,
			along === axes.x ? 'y' : 'x',
			{ color: toColor(o.ecolor) ?? '#333333', cap: o.capsize ?? 3, width: 1.2 }
		);
	return handle(artist, {
		rects: rects.map(({ x0, x1, y0, y1 }) => ({
			x: Math.min(x0, x1),
			y: Math.min(y0, y1),
			width: Math.abs(x1 - x0),
			height: along === axes.x ? y1 - y0 : Math.abs(y1 - y0)
		})),
		horizontal: along === axes.y
	});
}

function errors(axes, points, error, direction, { color, cap, width, alpha = 1 }) {
	const pair =
		Array.isArray(error) && error.length === 2 && Array.isArray(error[0]) ? error : [error, error];
	const segments = points.map(([x, y], n) => {
		const [low, high] = pair.map((e) => each(e, n, 0));
		return direction === 'y' ? [x, y - low, x, y + high] : [x - low, y, x + high, y];
	});
	axes.add({ kind: 'segments', segments, color, width, dash: '', alpha, cap, label: null });
}

function plot(axes, args, kwargs) {
	const lines = [];
	for (const key of Object.keys(kwargs))
		if (
			!LINE.includes(key) &&
			![
				'c',
				'lw',
				'ls',
				'ms',
				'mfc',
				'mec',
				'mew',
				'zorder',
				'data',
				'clip_on',
				'antialiased',
				'solid_capstyle'
			].includes(key)
		)
			throw fail('TypeError', `plot() has no argument "${key}" here; it takes ${LINE.join(', ')}`);
	if (kwargs.data)
		throw fail('NotImplementedError', 'plot(data=…) is not available here; pass lists');
	const rest = [...args];
	while (rest.length > 0) {
		let x = rest.shift();
		let y;
		if (Array.isArray(rest[0]) || (rest.length > 0 && typeof rest[0] !== 'string'))
			y = rest.shift();
		const format = typeof rest[0] === 'string' ? parseFormat(rest.shift()) : {};
		if (y === undefined) [x, y] = [(Array.isArray(x) ? x : [x]).map((_, n) => n), x];
		const columns =
			Array.isArray(y) && Array.isArray(y[0]) ? y[0].map((_, n) => y.map((row) => row[n])) : [y];
		for (const column of columns) lines.push(line(axes, x, column, { ...format, ...kwargs }));
	}
	return lines;
}
function line(axes, x, y, o) {
	const xs = toNumbers(axes.x, x);
	const ys = toNumbers(axes.y, y);
	sameLength('plot', xs, ys);
	const color = toColor(o.color ?? o.c) ?? nextColor(axes, 'cycle');
	const marker = o.marker && !['None', 'none', ' '].includes(o.marker) ? o.marker : null;
	const step = /steps-?(pre|mid|post)?/.exec(o.drawstyle ?? '');
	const artist = axes.add({
		kind: 'line',
		xs,
		ys,
		color,
		width: o.linewidth ?? o.lw ?? 1.7,
		dash: toDash(o.linestyle ?? o.ls),
		marker,
		size: o.markersize ?? o.ms ?? 6,
		fill: toColor(o.markerfacecolor ?? o.mfc),
		edge: toColor(o.markeredgecolor ?? o.mec),
		alpha: o.alpha ?? 1,
		label: legendName(o.label),
		step: step ? (step[1] ?? 'pre') : null
	});
	return handle(artist);
}

export const plots = {
	plot: { raw: true, run: plot },
	step: {
		raw: true,
		run: (axes, args, { where = 'pre', ...kwargs }) =>
			plot(axes, args, { ...kwargs, drawstyle: `steps-${where}` })
	},
	semilogy: {
		raw: true,
		run: (axes, args, kwargs) => ((axes.y.scale = 'log'), plot(axes, args, kwargs))
	},
	semilogx: {
		raw: true,
		run: (axes, args, kwargs) => ((axes.x.scale = 'log'), plot(axes, args, kwargs))
	},
	loglog: {
		raw: true,
		run: (axes, args, kwargs) => ((axes.x.scale = axes.y.scale = 'log'), plot(axes, args, kwargs))
	},
	bar: {
		params: ['x', 'height', 'width', 'bottom'],
		options: [...FILL, 'align', 'tick_label', 'yerr', 'capsize', 'ecolor', 'error_kw'],
		run: (axes, o) =>
			bars(
				axes,
				{ ...o, at: o.x, length: o.height, thick: o.width, base: o.bottom, error: o.yerr },
				axes.x,
				axes.y,
				'bar'
			)
	},
	barh: {
		params: ['y', 'width', 'height', 'left'],
		options: [...FILL, 'align', 'tick_label', 'xerr', 'capsize', 'ecolor', 'error_kw'],
		run: (axes, o) =>
			bars(
				axes,
				{ ...o, at: o.y, length: o.width, thick: o.height, base: o.left, error: o.xerr },
				axes.y,
				axes.x,
				'barh'
			)
	},
	scatter: {
		params: ['x', 'y', 's', 'color', 'marker', 'cmap'],
		options: [
			'c',
			'alpha',
			'label',
			'edgecolor',
			'linewidth',
			'vmin',
			'vmax',
			'facecolor',
			'norm',
			'plotnonfinite'
		],
		run(axes, o) {
			const xs = toNumbers(axes.x, o.x);
			const ys = toNumbers(axes.y, o.y);
			sameLength('scatter', xs, ys);
			const given = o.c ?? o.color ?? o.facecolor;
			const mapped =
				Array.isArray(given) &&
				given.length === xs.length &&
				given.every((v) => typeof v === 'number' || v === null);
			const hollow = given === 'none';
			const colors = mapped
				? null
				: isColorList(given)
					? given.map(toColor)
					: hollow
						? 'none'
						: (toColor(given) ?? nextColor(axes));
			if (Array.isArray(colors) && colors.length !== xs.length && colors.length !== 1)
				throw fail(
					'ValueError',
					`scatter(): c has ${colors.length} colours for ${xs.length} points`
				);
			const artist = axes.add({
				kind: 'points',
				xs,
				ys,
				sizes: o.s ?? 30,
				color: colors,
				marker: o.marker ?? 'o',
				alpha: o.alpha ?? 1,
				edge: o.edgecolor === 'face' ? undefined : toColor(o.edgecolor),
				width: o.linewidth ?? 0.8,
				label: legendName(o.label),
				...(mapped ? { values: given, cmap: o.cmap ?? 'viridis', vmin: o.vmin, vmax: o.vmax } : {})
			});
			return handle(artist);
		}
	},
	fill_between: {
		params: ['x', 'y1', 'y2', 'where'],
		options: [...FILL, 'step', 'interpolate'],
		run(axes, o) {
			const xs = toNumbers(axes.x, o.x);
			const spread = (v) => toNumbers(axes.y, Array.isArray(v) ? v : xs.map(() => v ?? 0));
			const [low, high] = [spread(o.y1), spread(o.y2)];
			sameLength('fill_between', xs, low, high);
			const color = toColor(o.color ?? o.facecolor) ?? nextColor(axes);
			const shapes = [];
			let run = [];
			xs.forEach((x, n) => {
				const shown =
					(!o.where || o.where[n]) && Number.isFinite(low[n]) && Number.isFinite(high[n]);
				if (shown) run.push(n);
				if ((!shown || n === xs.length - 1) && run.length > 1)
					shapes.push([
						...run.map((k) => [xs[k], low[k]]),
						...run.toReversed().map((k) => [xs[k], high[k]])
					]);
				if (!shown) run = [];
			});
			return handle(
				axes.add({
					kind: 'shapes',
					shapes,
					color,
					alpha: o.alpha ?? 1,
					edge: toColor(o.edgecolor),
					width: o.linewidth ?? 0,
					label: legendName(o.label)
				})
			);
		}
	},
	stackplot: {
		raw: true,
		run(axes, [x, ...series], { labels = [], colors, alpha = 1 }) {
			const rows = series.length === 1 && Array.isArray(series[0][0]) ? series[0] : series;
			let base = toNumbers(axes.x, x).map(() => 0);
			return rows.map((row, n) => {
				const top = base.map((b, k) => b + (row[k] ?? 0));
				const made = plots.fill_between.run(axes, {
					x,
					y1: base,
					y2: top,
					color: colors?.[n % colors.length],
					alpha,
					label: labels[n]
				});
				base = top;
				return made;
			});
		}
	},
	errorbar: {
		params: ['x', 'y', 'yerr', 'xerr', 'fmt'],
		options: [...LINE, 'ecolor', 'elinewidth', 'capsize', 'capthick'],
		run(axes, o) {
			const format = o.fmt === 'none' ? { linestyle: 'None' } : o.fmt ? parseFormat(o.fmt) : {};
			const made = line(axes, o.x, o.y, { ...format, ...o });
			const drawn = axes.artists.at(-1);
			const points = drawn.xs.map((x, n) => [x, drawn.ys[n]]);
			const look = {
				color: toColor(o.ecolor) ?? drawn.color,
				cap: o.capsize ?? 3,
				width: o.elinewidth ?? 1.2,
				alpha: o.alpha
			};
			if (o.yerr !== undefined && o.yerr !== null) errors(axes, points, o.yerr, 'y', look);
			if (o.xerr !== undefined && o.xerr !== null) errors(axes, points, o.xerr, 'x', look);
			return made;
		}
	},
	stem: {
		params: ['x', 'y', 'linefmt', 'markerfmt', 'basefmt'],
		options: ['label', 'bottom'],
		run(axes, o) {
			const [x, y] = o.y === undefined ? [o.x.map((_, n) => n), o.x] : [o.x, o.y];
			plots.vlines.run(axes, {
				x,
				ymin: o.bottom ?? 0,
				ymax: y,
				color: CYCLE[axes.cycle % CYCLE.length]
			});
			return line(axes, x, y, { marker: 'o', linestyle: 'None', label: o.label });
		}
	},
	axhline: {
		params: ['y', 'xmin', 'xmax'],
		options: LINE,
		run: (axes, o) => across(axes, 'y', [o.y ?? 0], o)
	},
	axvline: {
		params: ['x', 'ymin', 'ymax'],
		options: LINE,
		run: (axes, o) => across(axes, 'x', [o.x ?? 0], o)
	},
	axhspan: {
		params: ['ymin', 'ymax', 'xmin', 'xmax'],
		options: FILL,
		run: (axes, o) => across(axes, 'y', [o.ymin, o.ymax], o)
	},
	axvspan: {
		params: ['xmin', 'xmax', 'ymin', 'ymax'],
		options: FILL,
		run: (axes, o) => across(axes, 'x', [o.xmin, o.xmax], o)
	},
	hlines: {
		params: ['y', 'xmin', 'xmax', 'color', 'linestyle'],
		options: ['linewidth', 'label', 'alpha'],
		run: (axes, o) => lines(axes, o, axes.y, axes.x, o.y, o.xmin, o.xmax)
	},
	vlines: {
		params: ['x', 'ymin', 'ymax', 'color', 'linestyle'],
		options: ['linewidth', 'label', 'alpha'],
		run: (axes, o) => lines(axes, o, axes.x, axes.y, o.x, o.ymin, o.ymax)
	}
};

function across(axes, direction, at, o) {
	const values = toNumbers(axes[direction], at);
	const color =
		toColor(o.color ?? o.facecolor) ?? (values.length === 1 ? CYCLE[0] : nextColor(axes));
	return handle(
		axes.add({
			kind: 'across',
			direction,
			values,
			color,
			width: o.linewidth ?? 1.5,
			dash: toDash(o.linestyle),
			alpha: o.alpha ?? 1,
			edge: toColor(o.edgecolor),
			label: legendName(o.label)
		})
	);
}
function lines(axes, o, along, other, at, from, to) {
	const places = toNumbers(along, at);
	const spread = (v) => toNumbers(other, Array.isArray(v) ? v : places.map(() => v));
	const [low, high] = [spread(from), spread(to)];
	const segments = places.map((v, n) =>
		along === axes.x ? [v, low[n], v, high[n]] : [low[n], v, high[n], v]
	);
	return handle(
		axes.add({
			kind: 'segments',
			segments,
			color: toColor(Array.isArray(o.color) ? o.color[0] : o.color) ?? CYCLE[0],
			width: o.linewidth ?? 1.5,
			dash: toDash(o.linestyle),
			alpha: o.alpha ?? 1,
			cap: 0,
			label: legendName(o.label)
		})
	);
}

// @ts-nocheck -- runs inside Deno, never in Node
// Plots that compute first: histograms, box plots, pies, heat maps.
import { CYCLE, fail, toColor } from './colors.js';
import { nextColor, toNumbers } from './plots.js';

const sorted = (values) => values.filter(Number.isFinite).sort((a, b) => a - b);

/** The value below which the share `p` lies, between neighbours in proportion. */
export function quantile(values, p) {
	const at = (values.length - 1) * p;
	const low = Math.floor(at);
	return values[low] + (values[Math.min(low + 1, values.length - 1)] - values[low]) * (at - low);
}

/** Borders of the bins. */
function edgesOf(all, bins = 10, range) {
	if (Array.isArray(bins)) return bins;
	let [low, high] = range ?? [all[0] ?? 0, all.at(-1) ?? 1];
	if (low === high) [low, high] = [low - 0.5, high + 0.5];
	let count = bins;
	if (typeof bins === 'string') {
		const spread = quantile(all, 0.75) - quantile(all, 0.25);
		const sturges = Math.ceil(Math.log2(all.length || 1)) + 1;
		const freedman =
			spread > 0 ? Math.ceil((high - low) / ((2 * spread) / Math.cbrt(all.length))) : 0;
		if (!['auto', 'fd', 'sturges', 'sqrt', 'rice', 'doane', 'scott'].includes(bins))
			throw fail('ValueError', `there is no bin rule "${bins}"`);
		count =
			bins === 'sturges'
				? sturges
				: bins === 'sqrt'
					? Math.ceil(Math.sqrt(all.length))
					: Math.min(200, Math.max(sturges, freedman));
	}
	if (!(count >= 1 && count <= 10000)) throw fail('ValueError', 'hist(): bins must be 1 to 10000');
	return Array.from({ length: count + 1 }, (_, n) => low + ((high - low) * n) / count);
}

export const statistics = {
	hist: {
		params: ['x', 'bins', 'range', 'density', 'weights', 'cumulative'],
		options: [
			'color',
			'label',
			'alpha',
			'edgecolor',
			'linewidth',
			'histtype',
			'stacked',
			'rwidth',
			'orientation',
			'align',
			'log',
			'facecolor',
			'hatch',
			'linestyle'
		],
		run(axes, o) {
			const many = Array.isArray(o.x?.[0]);
			const horizontal = o.orientation === 'horizontal';
			const sets = (many ? o.x : [o.x]).map((set) => toNumbers(horizontal ? axes.y : axes.x, set));
			const edges = edgesOf(sorted(sets.flat()), o.bins ?? 10, o.range);
			if (o.log) (horizontal ? axes.x : axes.y).scale = 'log';
			const base = edges.slice(1).map(() => 0);
			const results = sets.map((set, s) => {
				const weights = many ? o.weights?.[s] : o.weights;
				const counts = edges.slice(1).map(() => 0);
				set.forEach((v, n) => {
					if (!(v >= edges[0] && v <= edges.at(-1))) return;
					let low = 0;
					for (let high = counts.length - 1; low < high;) {
						const middle = (low + high + 1) >> 1;
						if (edges[middle] <= v) low = middle;
						else high = middle - 1;
					}
					counts[low] += weights?.[n] ?? 1;
				});
				const total = counts.reduce((a, b) => a + b, 0) || 1;
				let shown = o.density
					? counts.map((c, n) => c / total / (edges[n + 1] - edges[n]))
					: counts;
				if (o.cumulative) {
					let sum = 0;
					shown = shown.map((c, n) => (sum += o.density ? c * (edges[n + 1] - edges[n]) : c));
				}
				const fallback = nextColor(axes);
				const color = toColor(many ? o.color?.[s] : (o.color ?? o.facecolor)) ?? fallback;
				const rects = shown.map((c, n) => {
					const wide = edges[n + 1] - edges[n];
					const beside = many && !o.stacked && !String(o.histtype).startsWith('step');
					const width = (beside ? (wide * 0.85) / sets.length : wide) * (o.rwidth ?? 1);
					const from = edges[n] + (beside ? wide * 0.075 + width * s : (wide - width) / 2);
					const low = o.stacked ? base[n] : 0;
					const [a, b] = [low, low + c];
					return horizontal
						? { x0: a, x1: b, y0: from, y1: from + width, color }
						: { x0: from, x1: from + width, y0: a, y1: b, color };
				});
				if (o.stacked) shown.forEach((c, n) => (base[n] += c));
				const label = Array.isArray(o.label) ? o.label[s] : o.label;
				const outline = o.histtype === 'step';
				const edge = toColor(o.edgecolor) ?? (outline ? color : 'white');
				const artist = axes.add({
					kind: 'rects',
					rects: outline ? rects.map((r) => ({ ...r, color: 'none' })) : rects,
					edge,
					width: o.linewidth ?? (outline ? 1.5 : 0.5),
					alpha: o.alpha ?? 1,
					label: label ?? null,
					legendColor: color,
					hatch: o.hatch,
					horizontal,
					sticky: true
				});
				return {
					counts: shown,
					artist: {
						$artist: artist.id,
						kind: 'rects',
						rects: rects.map((r) => ({
							x: r.x0,
							y: r.y0,
							width: r.x1 - r.x0,
							height: r.y1 - r.y0
						})),
						horizontal
					}
				};
			});
			return {
				counts: many ? results.map((r) => r.counts) : results[0].counts,
				edges,
				artists: many ? results.map((r) => r.artist) : results[0].artist,
				many
			};
		}
	},
	boxplot: {
		params: ['x'],
		options: [
			'labels',
			'tick_labels',
			'vert',
			'orientation',
			'positions',
			'widths',
			'showfliers',
			'showmeans',
			'patch_artist',
			'whis',
			'notch',
			'sym',
			'boxprops',
			'medianprops',
			'whiskerprops',
			'capprops',
			'flierprops',
			'meanprops',
			'meanline',
			'label'
		],
		run(axes, o) {
			const sets = (Array.isArray(o.x?.[0]) ? o.x : [o.x]).map((set) => sorted(toNumbers({}, set)));
			const upright = o.vert !== false && o.orientation !== 'horizontal';
			const along = upright ? axes.x : axes.y;
			const positions = o.positions ?? sets.map((_, n) => n + 1);
			const whis = o.whis ?? 1.5;
			const boxes = sets.flatMap((set, n) => {
				if (set.length === 0) return [];
				const [q1, median, q3] = [0.25, 0.5, 0.75].map((p) => quantile(set, p));
				const inside = set.filter((v) => v >= q1 - whis * (q3 - q1) && v <= q3 + whis * (q3 - q1));
				const width = Array.isArray(o.widths)
					? o.widths[n]
					: (o.widths ?? Math.min(0.5, 0.15 * Math.max(...positions) || 0.5));
				return [
					{
						at: positions[n],
						width,
						q1,
						median,
						q3,
						low: Math.min(inside[0] ?? q1, q1),
						high: Math.max(inside.at(-1) ?? q3, q3),
						mean: o.showmeans ? set.reduce((a, b) => a + b, 0) / set.length : null,
						outliers: o.showfliers === false ? [] : set.filter((v) => !inside.includes(v)),
						color: o.patch_artist ? (toColor(o.boxprops?.facecolor) ?? CYCLE[0]) : 'white'
					}
				];
			});
			const artist = axes.add({
				kind: 'boxes',
				boxes,
				upright,
				edge: toColor(o.boxprops?.color) ?? '#333333',
				medianColor: toColor(o.medianprops?.color) ?? '#ff7f0e',
				alpha: 1,
				label: null
			});
			const names = o.tick_labels ?? o.labels ?? positions.map(String);
			if (names.length !== positions.length)
				throw fail('ValueError', `boxplot(): ${names.length} labels for ${positions.length} boxes`);
			Object.assign(along, { ticks: positions, labels: names.map(String) });
			return { $artist: artist.id, kind: 'boxes', count: boxes.length };
		}
	},
	pie: {
		params: ['x', 'explode', 'labels', 'colors', 'autopct'],
		options: [
			'startangle',
			'counterclock',
			'shadow',
			'radius',
			'pctdistance',
			'labeldistance',
			'wedgeprops',
			'textprops',
			'normalize',
			'center',
			'frame',
			'hatch'
		],
		run(axes, o) {
			const values = toNumbers({}, o.x).map((v) => (Number.isFinite(v) ? v : 0));
			if (values.some((v) => v < 0)) throw fail('ValueError', 'pie(): values must not be negative');
			const total = values.reduce((a, b) => a + b, 0) || 1;
			let angle = (o.startangle ?? 0) / 360;
			const turn = o.counterclock === false ? -1 : 1;
			const wedges = values.map((v, n) => {
				const from = angle;
				angle += (turn * v) / total;
				return {
					from,
					to: angle,
					share: v / total,
					color: toColor(o.colors?.[n % o.colors.length]) ?? CYCLE[n % CYCLE.length],
					explode: o.explode?.[n] ?? 0,
					label: o.labels?.[n] ?? null,
					percent: percentText(o.autopct, v / total, n)
				};
			});
			const ring = o.wedgeprops?.width ?? null;
			const artist = axes.add({
				kind: 'pie',
				wedges,
				ring,
				radius: o.radius ?? 1,
				edge: toColor(o.wedgeprops?.edgecolor) ?? 'white',
				width: o.wedgeprops?.linewidth ?? 1,
				pctdistance: o.pctdistance ?? (ring ? 1 - ring / 2 : 0.6),
				labeldistance: o.labeldistance ?? 1.1,
				fontsize: o.textprops?.fontsize,
				textColor: toColor(o.textprops?.color),
				alpha: 1,
				label: null
			});
			Object.assign(axes, { off: true, equal: true });
			return { $artist: artist.id, kind: 'pie', count: wedges.length, percent: Boolean(o.autopct) };
		}
	},
	imshow: {
		params: ['X', 'cmap'],
		options: ['aspect', 'vmin', 'vmax', 'origin', 'extent', 'alpha', 'norm', 'label'],
		run(axes, o) {
			const artist = heat(axes, o.X, o);
			const [rows, columns] = [artist.values.length, artist.values[0].length];
			const [x0, x1, y0, y1] = o.extent ?? [
				-0.5,
				columns - 0.5,
				o.origin === 'lower' ? -0.5 : rows - 0.5,
				o.origin === 'lower' ? rows - 0.5 : -0.5
			];
			artist.xEdges = Array.from({ length: columns + 1 }, (_, n) => x0 + ((x1 - x0) * n) / columns);
			const top = o.origin === 'lower' ? [y0, y1] : [y1, y0];
			artist.yEdges = Array.from(
				{ length: rows + 1 },
				(_, n) => top[0] + ((top[1] - top[0]) * n) / rows
			);
			if (!o.extent && o.origin !== 'lower') axes.y.inverted = true;
			axes.equal = o.aspect !== 'auto';
			return { $artist: artist.id, kind: 'heat' };
		}
	},
	pcolormesh: {
		raw: true,
		run(
			axes,
			args,
			{ cmap, vmin, vmax, alpha, edgecolors, edgecolor, linewidth, linewidths, ...rest }
		) {
			for (const key of Object.keys(rest))
				if (!['shading', 'rasterized', 'zorder'].includes(key))
					throw fail('TypeError', `pcolormesh() has no argument "${key}" here`);
			const [x, y, values] = args.length === 1 ? [null, null, args[0]] : args;
			const artist = heat(axes, values, { cmap, vmin, vmax, alpha });
			Object.assign(artist, {
				edge: toColor(edgecolors ?? edgecolor),
				width: linewidths ?? linewidth ?? 1
			});
			artist.xEdges = edges(x, artist.values[0].length, axes.x, true);
			artist.yEdges = edges(y, artist.values.length, axes.y, false);
			return { $artist: artist.id, kind: 'heat' };
		}
	}
};
statistics.matshow = { ...statistics.imshow };

function heat(axes, values, { cmap = 'viridis', vmin, vmax, alpha = 1 }) {
	if (!Array.isArray(values?.[0])) throw fail('ValueError', 'a heat map needs a list of rows');
	if (Array.isArray(values[0][0]))
		throw fail('NotImplementedError', 'RGB images are not available here; pass rows of numbers');
	const rows = values.map((row) => toNumbers({}, row));
	if (rows.some((r) => r.length !== rows[0].length))
		throw fail('ValueError', 'the rows of a heat map have different lengths');
	if (rows.length * rows[0].length > 250000)
		throw fail('ValueError', 'a heat map can have at most 250000 cells; average neighbours first');
	return axes.add({
		kind: 'heat',
		values: rows,
		cmap: cmap ?? 'viridis',
		vmin,
		vmax,
		alpha,
		label: null
	});
}
function edges(given, count, axis, horizontal) {
	if (!given) return Array.from({ length: count + 1 }, (_, n) => n);
	const flat = Array.isArray(given[0]) ? (horizontal ? given[0] : given.map((r) => r[0])) : given;
	const at = toNumbers(axis, flat);
	if (at.length === count + 1) return at;
	if (at.length !== count)
		throw fail('ValueError', `pcolormesh(): ${at.length} positions for ${count} cells`);
	const half = (n) =>
		at.length > 1 ? (at[Math.min(n + 1, count - 1)] - at[Math.min(n, count - 2)]) / 2 : 0.5;
	return [at[0] - half(0), ...at.map((v, n) => v + half(n))];
}
function percentText(format, share, n) {
	if (format === null || format === undefined) return null;
	if (Array.isArray(format)) return format[n] ?? null;
	return String(format)
		.replace(/%(\d*)\.?(\d*)f/, (_, __, decimals) =>
			(share * 100).toFixed(decimals === '' ? 6 : Number(decimals))
		)
		.replace(/%[di]/, String(Math.trunc(share * 100)))
		.replaceAll('%%', '%');
}

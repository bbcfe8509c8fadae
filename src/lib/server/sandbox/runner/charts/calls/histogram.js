// @ts-nocheck -- runs inside Deno, never in Node
// Histograms.
import { fail, toColor } from '../colors.js';
import { quantile, sorted } from './quantiles.js';
import { nextColor, toNumbers } from './values.js';

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

export const histograms = {
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
	}
};

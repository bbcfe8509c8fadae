// @ts-nocheck -- runs inside Deno, never in Node
// Heat maps: rows of numbers as colours.
import { fail, toColor } from '../colors.js';
import { toNumbers } from './values.js';

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

export const heatMaps = {
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

heatMaps.matshow = { ...heatMaps.imshow };

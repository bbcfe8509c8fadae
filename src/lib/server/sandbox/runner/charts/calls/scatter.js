// @ts-nocheck -- runs inside Deno, never in Node
// Points with sizes and colours of their own.
import { fail, toColor } from '../colors.js';
import { handle, isColorList, legendName, nextColor, sameLength, toNumbers } from './values.js';

export const scatters = {
	scatter: {
		params: ['x', 'y', 's', 'c', 'marker', 'cmap'],
		options: [
			'color',
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
				Array.isArray(o.c) &&
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
	}
};

// @ts-nocheck -- runs inside Deno, never in Node
// Pies and rings.
import { CYCLE, fail, toColor } from '../colors.js';
import { toNumbers } from './values.js';

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

export const pies = {
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
	}
};

// @ts-nocheck -- runs inside Deno, never in Node
// Bars, upright and lying.
import { toColor } from '../colors.js';
import { errorBars } from './error-bars.js';
import {
	each,
	FILL,
	handle,
	isColorList,
	legendName,
	nextColor,
	sameLength,
	toNumbers
} from './values.js';

/** For bars: one [from, to] box a bar, on whichever axis. */
function addBars(axes, o, along, across, sizeName) {
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
		errorBars(
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

export const bars = {
	bar: {
		params: ['x', 'height', 'width', 'bottom'],
		options: [...FILL, 'align', 'tick_label', 'yerr', 'capsize', 'ecolor', 'error_kw'],
		run: (axes, o) =>
			addBars(
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
			addBars(
				axes,
				{ ...o, at: o.y, length: o.width, thick: o.height, base: o.left, error: o.xerr },
				axes.y,
				axes.x,
				'barh'
			)
	}
};

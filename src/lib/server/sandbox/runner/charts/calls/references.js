// @ts-nocheck -- runs inside Deno, never in Node
// Straight lines and spans that mark a place on an axis.
import { CYCLE, toColor, toDash } from '../colors.js';
import { FILL, handle, legendName, LINE, nextColor, toNumbers } from './values.js';

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

export const references = {
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

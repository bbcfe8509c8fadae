// @ts-nocheck -- runs inside Deno, never in Node
// Titles, text at a place, and labels of bars.
import { toColor } from '../colors.js';
import { formatValue } from '../scales.js';
import { toNumbers } from './values.js';

export const TEXT = [
	'fontsize',
	'fontweight',
	'color',
	'ha',
	'va',
	'rotation',
	'alpha',
	'style',
	'fontstyle',
	'loc',
	'y',
	'x'
];

export const texts = {
	set_title: {
		params: ['label'],
		options: TEXT,
		run: (axes, o) =>
			void (axes.title = {
				text: String(o.label ?? ''),
				fontsize: o.fontsize,
				color: toColor(o.color),
				loc: o.loc ?? 'center',
				weight: o.fontweight
			})
	},
	text: {
		params: ['x', 'y', 's'],
		options: [...TEXT, 'bbox', 'transform'],
		run(axes, o) {
			const inAxes = Boolean(o.transform);
			const [x] = inAxes ? [o.x] : toNumbers(axes.x, [o.x]);
			const [y] = inAxes ? [o.y] : toNumbers(axes.y, [o.y]);
			axes.add({
				kind: 'text',
				x,
				y,
				text: String(o.s),
				fontsize: o.fontsize,
				color: toColor(o.color) ?? '#222222',
				ha: o.ha ?? 'left',
				va: o.va ?? 'baseline',
				rotation: o.rotation ?? 0,
				weight: o.fontweight,
				alpha: o.alpha ?? 1,
				inAxes,
				box: o.bbox
					? {
							fill: toColor(o.bbox.facecolor ?? o.bbox.fc) ?? 'white',
							edge: toColor(o.bbox.edgecolor ?? o.bbox.ec) ?? '#999999',
							alpha: o.bbox.alpha ?? 1
						}
					: null
			});
		}
	},
	annotate: {
		params: ['text', 'xy', 'xytext'],
		options: [...TEXT, 'arrowprops', 'textcoords', 'xycoords', 'bbox'],
		run(axes, o) {
			const inAxes = o.xycoords === 'axes fraction';
			const [px] = inAxes ? [o.xy[0]] : toNumbers(axes.x, [o.xy[0]]);
			const [py] = inAxes ? [o.xy[1]] : toNumbers(axes.y, [o.xy[1]]);
			const offset =
				o.textcoords && o.textcoords.startsWith('offset') && o.xytext ? o.xytext : null;
			const to =
				o.xytext && !offset
					? [toNumbers(axes.x, [o.xytext[0]])[0], toNumbers(axes.y, [o.xytext[1]])[0]]
					: [px, py];
			axes.add({
				kind: 'text',
				x: to[0],
				y: to[1],
				offset,
				point: o.arrowprops && o.xytext ? [px, py] : null,
				arrowColor: toColor(o.arrowprops?.color) ?? '#333333',
				text: String(o.text),
				fontsize: o.fontsize,
				color: toColor(o.color) ?? '#222222',
				ha: o.ha ?? 'left',
				va: o.va ?? 'baseline',
				rotation: o.rotation ?? 0,
				weight: o.fontweight,
				alpha: o.alpha ?? 1,
				inAxes,
				box: o.bbox
					? {
							fill: toColor(o.bbox.facecolor ?? o.bbox.fc) ?? 'white',
							edge: toColor(o.bbox.edgecolor ?? o.bbox.ec) ?? '#999999',
							alpha: o.bbox.alpha ?? 1
						}
					: null
			});
		}
	},
	bar_label: {
		params: ['container', 'labels'],
		options: ['fmt', 'label_type', 'padding', ...TEXT],
		run(axes, o) {
			const bars = o.container;
			bars.rects.forEach((r, n) => {
				const value = bars.horizontal ? r.x1 - r.x0 : r.y1 - r.y0;
				const text = o.labels ? String(o.labels[n]) : formatValue(o.fmt ?? '%g', value);
				const middle = o.label_type === 'center';
				const away = (o.padding ?? 0) + 3;
				const at = bars.horizontal
					? [middle ? (r.x0 + r.x1) / 2 : r.x1, (r.y0 + r.y1) / 2]
					: [(r.x0 + r.x1) / 2, middle ? (r.y0 + r.y1) / 2 : r.y1];
				const sign = value < 0 ? -1 : 1;
				axes.add({
					kind: 'text',
					x: at[0],
					y: at[1],
					offset: middle ? null : bars.horizontal ? [away * sign, 0] : [0, away * sign],
					text,
					fontsize: o.fontsize ?? 9,
					color: toColor(o.color) ?? '#222222',
					ha: bars.horizontal && !middle ? (sign > 0 ? 'left' : 'right') : 'center',
					va: bars.horizontal || middle ? 'center' : sign > 0 ? 'bottom' : 'top',
					rotation: o.rotation ?? 0,
					weight: o.fontweight,
					alpha: 1,
					inAxes: false,
					box: null,
					measured: true
				});
			});
		}
	}
};

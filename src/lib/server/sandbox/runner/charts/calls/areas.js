// @ts-nocheck -- runs inside Deno, never in Node
// Filled areas between lines.
import { toColor } from '../colors.js';
import { FILL, handle, legendName, nextColor, sameLength, toNumbers } from './values.js';

export const areas = {
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
				const made = areas.fill_between.run(axes, {
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
	}
};

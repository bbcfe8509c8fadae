// @ts-nocheck -- runs inside Deno, never in Node
// Box plots.
import { CYCLE, fail, toColor } from '../colors.js';
import { quantile, sorted } from './quantiles.js';
import { toNumbers } from './values.js';

export const boxplots = {
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
	}
};

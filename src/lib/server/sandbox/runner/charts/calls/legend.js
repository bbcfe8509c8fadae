// @ts-nocheck -- runs inside Deno, never in Node
// The legend: which artists it names, and where it stands.
import { fail } from '../colors.js';

export const legends = {
	legend: {
		raw: true,
		run(axes, args, o) {
			const allowed = [
				'loc',
				'title',
				'ncol',
				'ncols',
				'fontsize',
				'frameon',
				'framealpha',
				'bbox_to_anchor',
				'labels',
				'handles',
				'shadow',
				'fancybox',
				'title_fontsize',
				'borderaxespad',
				'prop',
				'facecolor',
				'edgecolor',
				'markerscale',
				'handlelength',
				'columnspacing',
				'borderpad',
				'labelspacing'
			];
			for (const key of Object.keys(o))
				if (!allowed.includes(key))
					throw fail(
						'TypeError',
						`legend() has no argument "${key}" here; it takes ${allowed.join(', ')}`
					);
			const labels =
				o.labels ??
				(args.length === 2
					? args[1]
					: args.length === 1 && typeof args[0]?.[0] === 'string'
						? args[0]
						: null);
			const handles = o.handles ?? (args.length === 2 ? args[0] : null);
			axes.legend = {
				loc: o.loc ?? 'best',
				title: o.title ?? null,
				columns: o.ncols ?? o.ncol ?? 1,
				fontsize: o.fontsize,
				frame: o.frameon !== false,
				labels: labels?.map(String) ?? null,
				handles: handles?.filter((h) => h?.kind && h.axes) ?? null,
				outside: Array.isArray(o.bbox_to_anchor) && o.bbox_to_anchor[0] >= 1
			};
		}
	},
	legend_entries: {
		params: [],
		run(axes) {
			const shown = axes.artists.filter((a) => a.label);
			return {
				handles: shown.map((a) => ({ $artist: a.id, kind: 'line' })),
				labels: shown.map((a) => a.label)
			};
		}
	}
};

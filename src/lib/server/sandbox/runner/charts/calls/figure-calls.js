// @ts-nocheck -- runs inside Deno, never in Node
// The calls that are about whole figures: pyplot's own, and a figure's methods.
import { fail, toColor } from '../colors.js';

/** Settings that change nothing to see, or that the layout takes care of. */
const UNSEEN =
	/^(backend|interactive|savefig\.|pdf\.|svg\.|ps\.|agg\.|mathtext\.|text\.(usetex|hinting)|font\.(family|sans-serif|serif|monospace)|figure\.(autolayout|constrained_layout|max_open|subplot)|axes\.(unicode_minus|axisbelow|titlepad|labelpad|formatter)|legend\.(frameon|fancybox))/;

/** @param figures what `createFigures` answers */
export function createFigureCalls(figures, warn) {
	const { style, newFigure, gcf, gca, grid, subplot, ref } = figures;
	const pyplot = {
		figure: {
			params: ['num', 'figsize', 'dpi', 'facecolor'],
			options: ['edgecolor', 'tight_layout'],
			run: (o) => ref(newFigure(o))
		},
		gcf: { params: [], run: () => ref(gcf()) },
		gca: { params: [], run: () => ref(gca()) },
		sca: { params: ['ax'], run: (o) => figures.select(o.ax) },
		clf: { params: [], run: () => figures.clear(gcf()) },
		close: { params: ['fig'], run: ({ fig }) => figures.close(fig) },
		subplots: {
			params: ['nrows', 'ncols'],
			options: [
				'figsize',
				'dpi',
				'sharex',
				'sharey',
				'squeeze',
				'facecolor',
				'tight_layout',
				'width_ratios',
				'height_ratios'
			],
			run(o) {
				const figure = newFigure(o);
				const made = grid(figure, o.nrows ?? 1, o.ncols ?? 1, o);
				return {
					figure: ref(figure),
					axes: made.map(ref),
					rows: o.nrows ?? 1,
					columns: o.ncols ?? 1
				};
			}
		},
		style: {
			params: ['name'],
			run({ name }) {
				if (/dark|xkcd|solarize|grayscale|bmh/.test(String(name))) warn(`the style ${name}`);
				style.grid = /grid|ggplot|fivethirtyeight/.test(String(name));
			}
		},
		rc: {
			params: ['key', 'value'],
			run({ key, value }) {
				if (key === 'figure.figsize') style.figsize = value;
				else if (key === 'figure.dpi' || key === 'savefig.dpi')
					style.dpi = typeof value === 'number' ? value : style.dpi;
				else if (key === 'axes.grid') style.grid = Boolean(value);
				else if (key === 'figure.facecolor') style.facecolor = value;
				else if (key === 'axes.facecolor') style.ground = toColor(value);
				else if (/^axes\.spines\.(left|right|top|bottom)$/.test(key))
					style.spines[key.slice(12)] = { visible: Boolean(value) };
				else if (!UNSEEN.test(key)) warn(`rcParams["${key}"]`);
			}
		}
	};
	const figureMethods = {
		add_subplot: {
			params: ['a', 'b', 'c'],
			options: ['sharex', 'sharey', 'title'],
			run: (figure, o) => subplot(figure, o)
		},
		subplots: {
			params: ['nrows', 'ncols'],
			options: ['sharex', 'sharey', 'squeeze'],
			run(figure, o) {
				return {
					figure: ref(figure),
					axes: grid(figure, o.nrows ?? 1, o.ncols ?? 1, o).map(ref),
					rows: o.nrows ?? 1,
					columns: o.ncols ?? 1
				};
			}
		},
		suptitle: {
			params: ['t'],
			options: ['fontsize', 'fontweight', 'color', 'y', 'x', 'ha', 'va'],
			run: (figure, o) => void (figure.suptitle = o)
		},
		colorbar: {
			params: ['mappable'],
			options: [
				'ax',
				'label',
				'shrink',
				'fraction',
				'aspect',
				'orientation',
				'ticks',
				'extend',
				'location',
				'format',
				'cax'
			],
			run(figure, o) {
				if (o.orientation === 'horizontal')
					throw fail(
						'NotImplementedError',
						'a colour bar stands beside the axes here; orientation="horizontal" is not available'
					);
				const shown =
					o.mappable ?? [...(figure.current?.artists ?? [])].reverse().find((a) => a.cmap);
				if (!shown?.cmap)
					throw fail(
						'RuntimeError',
						'colorbar() needs what imshow, pcolormesh or scatter(c=…) returned'
					);
				shown.axes.colorbar = { artist: shown, label: o.label ?? '' };
			}
		},
		set_size_inches: {
			params: ['w', 'h'],
			run: (figure, { w, h }) => void (figure.figsize = Array.isArray(w) ? w : [w, h])
		},
		set_facecolor: {
			params: ['color'],
			run: (figure, { color }) => void (figure.facecolor = color)
		},
		tight_layout: { params: ['pad'], options: ['h_pad', 'w_pad', 'rect'], run() {} },
		subplots_adjust: {
			params: [],
			options: ['left', 'right', 'top', 'bottom', 'wspace', 'hspace'],
			run() {}
		},
		autofmt_xdate: {
			params: [],
			options: ['rotation', 'ha', 'bottom'],
			run(figure, o) {
				for (const axes of figure.axes)
					Object.assign(axes.x, { rotation: o.rotation ?? 30, ha: 'right' });
			}
		}
	};
	return { pyplot, figureMethods };
}

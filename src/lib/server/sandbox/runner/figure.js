// @ts-nocheck -- runs inside Deno, never in Node
// Figures and axes as data, and the calls that change them. Python and JavaScript share all of it.
import { fail } from './colors.js';
import { decorations } from './decorations.js';
import { plots } from './plots.js';
import { statistics } from './statistics.js';

/** name → {params, options, run(axes, o)}; `params` may be given by position. */
const AXES = { ...plots, ...statistics, ...decorations };
const ALIASES = {
	title: 'set_title',
	xlabel: 'set_xlabel',
	ylabel: 'set_ylabel',
	xlim: 'set_xlim',
	ylim: 'set_ylim',
	xscale: 'set_xscale',
	yscale: 'set_yscale',
	xticks: 'set_xticks',
	yticks: 'set_yticks',
	cla: 'clear'
};
const IGNORED = new Set([
	'zorder',
	'antialiased',
	'aa',
	'rasterized',
	'clip_on',
	'picker',
	'snap',
	'gid',
	'animated',
	'pad',
	'labelpad',
	'family',
	'fontfamily',
	'fontname',
	'fontdict',
	'font',
	'interpolation',
	'shading',
	'solid_capstyle',
	'math_fontfamily',
	'layout',
	'constrained_layout',
	'gridspec_kw',
	'subplot_kw',
	'clear',
	'num',
	'wrap',
	'in_layout'
]);
const SHORT = {
	c: 'color',
	lw: 'linewidth',
	ls: 'linestyle',
	ms: 'markersize',
	mfc: 'markerfacecolor',
	mec: 'markeredgecolor',
	mew: 'markeredgewidth',
	fc: 'facecolor',
	ec: 'edgecolor',
	size: 'fontsize',
	horizontalalignment: 'ha',
	verticalalignment: 'va',
	edgecolors: 'edgecolor',
	linewidths: 'linewidth',
	facecolors: 'facecolor',
	linestyles: 'linestyle',
	weight: 'fontweight',
	colors: 'color'
};

function axis() {
	return {
		scale: 'linear',
		low: null,
		high: null,
		ticks: null,
		labels: null,
		rotation: null,
		fontsize: null,
		ha: null,
		label: '',
		labelSize: null,
		labelColor: null,
		time: false,
		categories: null,
		inverted: false,
		format: null,
		hidden: false,
		color: null
	};
}

/** Arguments by name. @throws TypeError naming what the function takes. */
export function named(name, { params, options = [] }, args, kwargs, aliases = SHORT) {
	const known = new Set([...params, ...options]);
	const o = {};
	if (args.length > params.length)
		throw fail(
			'TypeError',
			`${name}() takes ${params.length} positional arguments: ${params.join(', ')}`
		);
	args.forEach((value, n) => (o[params[n]] = value));
	for (const [key, value] of Object.entries(kwargs)) {
		const full = known.has(key) ? key : (aliases[key] ?? key);
		if (known.has(full)) o[full] = value;
		else if (!IGNORED.has(key))
			throw fail(
				'TypeError',
				`${name}() has no argument "${key}" here; it takes ${[...known].join(', ')}`
			);
	}
	return o;
}

export function createFigures() {
	let nextId = 1;
	const figures = new Map();
	const axesById = new Map();
	const artists = new Map();
	let current = null;
	const style = { figsize: [6.4, 4.8], dpi: 150, grid: false };

	function newFigure({ figsize, dpi, facecolor } = {}) {
		current = {
			id: nextId++,
			figsize: figsize ?? style.figsize,
			dpi: dpi ?? style.dpi,
			facecolor: facecolor ?? 'white',
			axes: [],
			suptitle: null,
			current: null,
			rows: 1,
			columns: 1
		};
		figures.set(current.id, current);
		return current;
	}
	function newAxes(figure, place, extra = {}) {
		const axes = {
			id: nextId++,
			figure,
			place,
			x: axis(),
			y: axis(),
			artists: [],
			cycle: 0,
			areas: 0,
			title: null,
			legend: null,
			grid: { x: style.grid, y: style.grid },
			twin: null,
			off: false,
			equal: false,
			colorbar: null,
			spines: {},
			facecolor: null,
			share: {},
			...extra
		};
		axes.add = (artist) => {
			artist.id = nextId++;
			artist.axes = axes;
			axes.artists.push(artist);
			artists.set(artist.id, artist);
			return artist;
		};
		figure.axes.push(axes);
		figure.current = axes;
		axesById.set(axes.id, axes);
		return axes;
	}
	const gcf = () => current ?? newFigure();
	const gca = () => gcf().current ?? newAxes(gcf(), { row: 0, column: 0, rows: 1, columns: 1 });

	function grid(figure, rows, columns, { sharex, sharey } = {}) {
		figure.rows = rows;
		figure.columns = columns;
		const made = [];
		for (let row = 0; row < rows; row++)
			for (let column = 0; column < columns; column++) {
				const axes = newAxes(figure, { row, column, rows: 1, columns: 1 });
				const first = (mode, same) =>
					mode &&
					mode !== 'none' &&
					made.find((m) => mode === true || mode === 'all' || m.place[same] === axes.place[same]);
				axes.share = {
					x: first(sharex, 'column') || null,
					y: first(sharey, 'row') || null,
					labelsX: sharex ? row === rows - 1 : true,
					labelsY: sharey ? column === 0 : true
				};
				made.push(axes);
			}
		figure.current = made[0];
		return made;
	}

	const pyplot = {
		figure: {
			params: ['num', 'figsize', 'dpi', 'facecolor'],
			options: ['edgecolor', 'tight_layout'],
			run: (o) => ref(newFigure(o))
		},
		gcf: { params: [], run: () => ref(gcf()) },
		gca: { params: [], run: () => ref(gca()) },
		sca: { params: ['ax'], run: (o) => void ((current = o.ax.figure).current = o.ax) },
		clf: {
			params: [],
			run: () => void Object.assign(gcf(), { axes: [], current: null, suptitle: null })
		},
		close: {
			params: ['fig'],
			run({ fig }) {
				if (fig === 'all') figures.clear();
				const gone = fig && typeof fig === 'object' ? fig : current;
				if (gone) figures.delete(gone.id);
				if (fig === 'all' || gone === current) current = [...figures.values()].at(-1) ?? null;
			}
		},
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
			run: ({ name }) => void (style.grid = /grid|ggplot|fivethirtyeight/.test(String(name)))
		},
		rc: {
			params: ['key', 'value'],
			run({ key, value }) {
				if (key === 'figure.figsize') style.figsize = value;
				else if (key === 'figure.dpi' || key === 'savefig.dpi')
					style.dpi = typeof value === 'number' ? value : style.dpi;
				else if (key === 'axes.grid') style.grid = Boolean(value);
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
	function subplot(figure, { a = 1, b, c, ...rest }) {
		const [rows, columns, at] =
			b === undefined ? [Math.floor(a / 100), Math.floor(a / 10) % 10, a % 10] : [a, b, c];
		if (!(rows >= 1 && columns >= 1))
			return ref(newAxes(figure, { row: 0, column: 0, rows: 1, columns: 1 }));
		const [from, to] = Array.isArray(at) ? at : [at, at];
		if (!(from >= 1 && to <= rows * columns))
			throw fail('ValueError', `subplot number must be 1 to ${rows * columns}`);
		const row = Math.floor((from - 1) / columns);
		const column = (from - 1) % columns;
		const place = {
			row,
			column,
			rows: Math.floor((to - 1) / columns) - row + 1,
			columns: ((to - 1) % columns) - column + 1
		};
		figure.rows = rows;
		figure.columns = columns;
		const same = figure.axes.find(
			(x) =>
				!x.twin &&
				x.place.row === row &&
				x.place.column === column &&
				x.place.rows === place.rows &&
				x.place.columns === place.columns
		);
		if (same) figure.current = same;
		const axes = same ?? newAxes(figure, place);
		if (rest.sharex) axes.share.x = rest.sharex;
		if (rest.sharey) axes.share.y = rest.sharey;
		return ref(axes);
	}

	const ref = (thing) =>
		thing.artists ? { $axes: thing.id } : { $figure: thing.id, axes: thing.axes.map((a) => a.id) };
	function revive(value) {
		if (Array.isArray(value)) return value.map(revive);
		if (value === null || typeof value !== 'object') return value;
		if ('$axes' in value) return axesById.get(value.$axes);
		if ('$figure' in value) return figures.get(value.$figure);
		if ('$artist' in value) return artists.get(value.$artist);
		if ('$t' in value) return value;
		return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, revive(v)]));
	}
	/** twinx and twiny need to make axes, so they live here. */
	function twin(axes, side) {
		const other = side === 'y' ? 'x' : 'y';
		const made = newAxes(axes.figure, axes.place, {
			twin: { of: axes, side },
			cycle: axes.cycle,
			areas: axes.areas
		});
		made.share = { [other]: axes };
		made[other] = axes[other];
		return ref(made);
	}

	function call({ target, method, args = [], kwargs = {} }) {
		const on = revive(target);
		const given = args.map(revive);
		const options = revive(kwargs);
		if (on?.artists) {
			if (method === 'twinx' || method === 'twiny') return twin(on, method === 'twinx' ? 'y' : 'x');
			return callAxes(on, method, given, options);
		}
		if (on?.figsize || (!on && method !== 'subplots' && Object.hasOwn(figureMethods, method))) {
			const definition = Object.hasOwn(figureMethods, method) ? figureMethods[method] : undefined;
			if (definition) return definition.run(on ?? gcf(), named(method, definition, given, options));
			if (on?.figsize && method === 'clf')
				return void Object.assign(on, { axes: [], current: null, suptitle: null });
			if (on?.figsize && method === 'gca')
				return ref(on.current ?? newAxes(on, { row: 0, column: 0, rows: 1, columns: 1 }));
			throw fail(
				'NotImplementedError',
				`a figure has no ${method}() here; there is savefig, gca, clf, ${Object.keys(figureMethods).join(', ')}`
			);
		}
		if (on?.kind) return decorate(on, method, given, options);
		if (method === 'subplot')
			return subplot(gcf(), named(method, figureMethods.add_subplot, given, options));
		if (method === 'twinx' || method === 'twiny')
			return twin(gca(), method === 'twinx' ? 'y' : 'x');
		if (Object.hasOwn(pyplot, method))
			return pyplot[method].run(named(method, pyplot[method], given, options));
		return callAxes(
			gca(),
			Object.hasOwn(ALIASES, method) ? ALIASES[method] : method,
			given,
			options
		);
	}
	function callAxes(axes, method, args, kwargs) {
		const definition = Object.hasOwn(AXES, method) ? AXES[method] : undefined;
		if (!definition)
			throw fail(
				'NotImplementedError',
				`${method}() is not available here; there is ${describe().axes.join(', ')}`
			);
		if (definition.raw) return definition.run(axes, args, kwargs);
		return definition.run(axes, named(method, definition, args, kwargs));
	}
	/** `set_color` and the like on what a plot function returned. */
	function decorate(artist, method, [value], { index }) {
		const property = {
			set_facecolor: 'color',
			set_color: 'color',
			set_label: 'label',
			set_alpha: 'alpha',
			set_edgecolor: 'edge',
			set_linewidth: 'width',
			set_hatch: 'hatch',
			set_height: 'height',
			set_fontsize: 'fontsize'
		}[method];
		if (!property)
			throw fail(
				'NotImplementedError',
				`${method}() is not available on what a plot function returned`
			);
		const parts = artist.rects ?? artist.boxes ?? artist.wedges;
		if (index !== undefined && index !== null && parts) parts[index][property] = value;
		else artist[property] = value;
		if ((index === undefined || index === null) && parts && property !== 'label')
			for (const part of parts) part[property] = value;
	}
	function describe() {
		return {
			axes: [...Object.keys(AXES), 'twinx', 'twiny'],
			figure: Object.keys(figureMethods),
			pyplot: [...Object.keys(pyplot), 'subplot', ...Object.keys(ALIASES)]
		};
	}
	return { call, describe, figure: (id) => figures.get(id) ?? gcf() };
}

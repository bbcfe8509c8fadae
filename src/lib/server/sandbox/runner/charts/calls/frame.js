// @ts-nocheck -- runs inside Deno, never in Node
// What stands around the data: grid, frame, aspect.
import { fail, toColor } from '../colors.js';

const nothing = (params = [], options = []) => ({ params, options, run() {} });

export const frames = {
	grid: {
		params: ['visible', 'which', 'axis'],
		options: ['color', 'alpha', 'linestyle', 'linewidth', 'b'],
		run(axes, o) {
			const on = o.visible ?? o.b ?? true;
			for (const name of ['x', 'y'])
				if (!o.axis || o.axis === 'both' || o.axis === name)
					axes.grid[name] = on
						? {
								color: toColor(o.color),
								alpha: o.alpha,
								linestyle: o.linestyle,
								width: o.linewidth
							}
						: false;
		}
	},
	axis: {
		params: ['arg'],
		options: ['xmin', 'xmax', 'ymin', 'ymax'],
		run(axes, { arg }) {
			if (arg === 'off' || arg === false) axes.off = true;
			else if (arg === 'on' || arg === true) axes.off = false;
			else if (arg === 'equal' || arg === 'scaled' || arg === 'square') axes.equal = true;
			else if (Array.isArray(arg)) [axes.x.low, axes.x.high, axes.y.low, axes.y.high] = arg;
			else if (!['tight', 'auto', 'image', undefined].includes(arg))
				throw fail('ValueError', `axis() does not know ${JSON.stringify(arg)}`);
		}
	},
	set_aspect: {
		params: ['aspect'],
		options: ['adjustable', 'anchor'],
		run: (axes, { aspect }) => void (axes.equal = aspect === 'equal' || aspect === 1)
	},
	set_facecolor: {
		params: ['color'],
		run: (axes, { color }) => void (axes.facecolor = toColor(color))
	},
	set_axis_off: { params: [], run: (axes) => void (axes.off = true) },
	set_axisbelow: nothing(['b']),
	margins: {
		params: ['x', 'y'],
		options: ['tight'],
		run(axes, { x, y = x }) {
			axes.x.margin = x ?? axes.x.margin;
			axes.y.margin = y ?? axes.y.margin;
		}
	},
	ticklabel_format: {
		params: [],
		options: ['axis', 'style', 'scilimits', 'useOffset'],
		run(axes, { axis = 'both', style }, warn) {
			if (style === 'sci' || style === 'scientific') warn('ticklabel_format(style="sci")');
			for (const name of ['x', 'y'])
				if (axis === 'both' || axis === name) axes[name].plain = style === 'plain';
		}
	},
	minorticks_on: { params: [], run: (axes, o, warn) => warn('minor ticks') },
	autoscale: {
		params: ['enable', 'axis', 'tight'],
		run(axes, { axis = 'both', tight }) {
			for (const name of ['x', 'y'])
				if (tight && (axis === 'both' || axis === name)) axes[name].margin = 0;
		}
	},
	relim: nothing(),
	autoscale_view: nothing(),
	label_outer: {
		params: [],
		run(axes) {
			const { row, rows, column } = axes.place;
			if (row + rows < axes.figure.rows) axes.share.labelsX = false;
			if (column > 0) axes.share.labelsY = false;
		}
	},
	locator_params: {
		params: ['axis', 'nbins'],
		options: ['tight'],
		run(axes, { axis = 'both', nbins }) {
			for (const name of ['x', 'y'])
				if (nbins && (axis === 'both' || axis === name)) axes[name].locator = { nbins };
		}
	},
	/** Where ticks stand: {nbins, integer}, {every}, {unit, every} for dates, {ticks}. */
	locator: {
		params: ['name', 'locator'],
		run: (axes, { name, locator }) => void (axes[name].locator = locator)
	},
	spine: {
		params: ['side', 'visible', 'color'],
		run: (axes, { side, visible, color }) =>
			void (axes.spines[side] = {
				...axes.spines[side],
				...(visible === undefined || visible === null ? {} : { visible }),
				...(color ? { color: toColor(color) } : {})
			})
	},
	clear: {
		params: [],
		run: (axes) =>
			void Object.assign(axes, {
				artists: [],
				title: null,
				legend: null,
				cycle: 0,
				areas: 0,
				colorbar: null
			})
	}
};

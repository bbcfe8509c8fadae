// @ts-nocheck -- runs inside Deno, never in Node
// Everything around the data: titles, axes, legends, text.
import { fail, toColor } from './colors.js';
import { minus } from './scales.js';
import { toNumbers } from './plots.js';

const TEXT = [
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

function setLimits(name) {
	return {
		params: ['low', 'high'],
		options: ['left', 'right', 'bottom', 'top', 'xmin', 'xmax', 'ymin', 'ymax', 'auto', 'emit'],
		run(axes, o) {
			const axis = axes[name];
			let [low, high] = Array.isArray(o.low) ? o.low : [o.low, o.high];
			low ??= o.left ?? o.bottom ?? o[`${name}min`];
			high ??= o.right ?? o.top ?? o[`${name}max`];
			[low, high] = [low, high].map((v) =>
				v === undefined || v === null ? null : toNumbers(axis, [v])[0]
			);
			if (low !== null && high !== null && low > high) {
				[low, high] = [high, low];
				axis.inverted = true;
			} else if (low !== null && high !== null) axis.inverted = false;
			if (low !== null) axis.low = low;
			if (high !== null) axis.high = high;
			return [axis.low, axis.high];
		}
	};
}
function setTicks(name) {
	return {
		params: ['ticks', 'labels'],
		options: ['rotation', 'fontsize', 'ha', 'va', 'color', 'minor', 'fontweight', 'rotation_mode'],
		run(axes, o) {
			const axis = axes[name];
			if (o.minor) return;
			if (o.ticks !== undefined && o.ticks !== null) {
				const texts = o.ticks.some((t) => typeof t === 'string');
				axis.ticks =
					texts && !axis.categories ? o.ticks.map((_, n) => n) : toNumbers(axis, o.ticks);
				axis.labels = null;
				if (texts && !o.labels) axis.labels = o.ticks.map(String);
			}
			if (o.labels !== undefined && o.labels !== null) setLabels(axis, o.labels, name);
			tickLook(axis, o);
		}
	};
}
function setLabels(axis, labels, name) {
	if (axis.ticks && labels.length !== axis.ticks.length && labels.length > 0)
		throw fail(
			'ValueError',
			`set_${name}ticklabels(): ${labels.length} labels for ${axis.ticks.length} ticks`
		);
	axis.labels = labels.map(String);
	axis.ticks ??= labels.map((_, n) => n);
}
function tickLook(axis, o) {
	for (const key of ['rotation', 'fontsize', 'ha', 'color'])
		if (o[key] !== undefined && o[key] !== null)
			axis[key] = key === 'color' ? toColor(o[key]) : o[key];
	if (axis.rotation === 'vertical') axis.rotation = 90;
	if (axis.rotation === 'horizontal') axis.rotation = 0;
}
function setTickLabels(name) {
	return {
		params: ['labels'],
		options: ['rotation', 'fontsize', 'ha', 'va', 'color', 'fontweight', 'rotation_mode'],
		run(axes, o) {
			setLabels(axes[name], o.labels ?? [], name);
			tickLook(axes[name], o);
		}
	};
}
function setLabel(name) {
	return {
		params: ['label'],
		options: TEXT,
		run: (axes, o) =>
			void Object.assign(axes[name], {
				label: String(o.label ?? ''),
				labelSize: o.fontsize ?? null,
				labelColor: toColor(o.color) ?? null
			})
	};
}
function setScale(name) {
	return {
		params: ['value'],
		options: ['base', 'linthresh', 'nonpositive'],
		run(axes, { value }) {
			if (!['linear', 'log'].includes(value))
				throw fail(
					'NotImplementedError',
					`the scale "${value}" is not available here; there is linear and log`
				);
			axes[name].scale = value;
		}
	};
}
const nothing = (params = [], options = []) => ({ params, options, run() {} });

export const decorations = {
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
	set_xlabel: setLabel('x'),
	set_ylabel: setLabel('y'),
	set_xlim: setLimits('x'),
	set_ylim: setLimits('y'),
	set_xticks: setTicks('x'),
	set_yticks: setTicks('y'),
	set_xticklabels: setTickLabels('x'),
	set_yticklabels: setTickLabels('y'),
	set_xscale: setScale('x'),
	set_yscale: setScale('y'),
	get_xlim: { params: [], run: (axes) => [axes.x.low, axes.x.high] },
	get_ylim: { params: [], run: (axes) => [axes.y.low, axes.y.high] },
	invert_xaxis: { params: [], run: (axes) => void (axes.x.inverted = !axes.x.inverted) },
	invert_yaxis: { params: [], run: (axes) => void (axes.y.inverted = !axes.y.inverted) },
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
	},
	tick_params: {
		params: ['axis'],
		options: [
			'labelsize',
			'rotation',
			'labelrotation',
			'labelcolor',
			'colors',
			'color',
			'length',
			'width',
			'direction',
			'which',
			'bottom',
			'top',
			'left',
			'right',
			'labelbottom',
			'labelleft',
			'labeltop',
			'labelright'
		],
		run(axes, o) {
			for (const name of ['x', 'y']) {
				if (o.axis && o.axis !== 'both' && o.axis !== name) continue;
				tickLook(axes[name], {
					rotation: o.labelrotation ?? o.rotation,
					fontsize: o.labelsize,
					color: o.labelcolor ?? o.colors
				});
				if (o[name === 'x' ? 'labelbottom' : 'labelleft'] === false) axes[name].hidden = true;
			}
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
	margins: nothing(['x', 'y'], ['tight']),
	ticklabel_format: nothing([], ['axis', 'style', 'scilimits', 'useOffset']),
	minorticks_on: nothing(),
	autoscale: nothing(['enable', 'axis', 'tight']),
	relim: nothing(),
	autoscale_view: nothing(),
	label_outer: nothing(),
	locator_params: nothing(['axis'], ['nbins', 'tight']),
	spine: {
		params: ['side', 'visible', 'color'],
		run: (axes, { side, visible, color }) =>
			void (axes.spines[side] = {
				...axes.spines[side],
				...(visible === undefined || visible === null ? {} : { visible }),
				...(color ? { color: toColor(color) } : {})
			})
	},
	axis_format: {
		params: ['name', 'pattern'],
		run: (axes, { name, pattern }) => void (axes[name].format = pattern)
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

/** `%.1f`, `{:.1f}` and `{x:,.0f}`: what people write. */
export function formatValue(format, value) {
	const wanted =
		/^(.*?)(?:%([,+]?)(?:\.(\d+))?([dfge])|\{(?:x|0)?(?::([,+]?)(?:\.(\d+))?([dfge%])?)?\})(.*)$/s.exec(
			String(format)
		);
	if (!wanted) return String(format);
	const flag = wanted[2] ?? wanted[5] ?? '';
	const places = wanted[3] ?? wanted[6];
	const kind = wanted[4] ?? wanted[7] ?? (places === undefined ? 'g' : 'f');
	let text;
	if (kind === 'd') text = String(Math.trunc(value));
	else if (kind === 'e') text = value.toExponential(Number(places ?? 6));
	else if (kind === 'g') text = String(Number(value.toPrecision(Number(places ?? 6))));
	else if (kind === '%') text = (value * 100).toFixed(Number(places ?? 6)) + '%';
	else text = value.toFixed(Number(places ?? 6));
	if (flag === ',') text = text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
	return minus(wanted[1] + text + wanted[8].replaceAll('%%', '%'));
}

// @ts-nocheck -- runs inside Deno, never in Node
// One axis: limits, ticks, label, scale.
import { fail, toColor } from '../colors.js';
import { TEXT } from './text.js';
import { toNumbers } from './values.js';

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

export const axisCalls = {
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
	axis_format: {
		params: ['name', 'pattern'],
		run: (axes, { name, pattern }) => void (axes[name].format = pattern)
	}
};

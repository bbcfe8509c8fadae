// @ts-nocheck -- runs inside Deno, never in Node
// Lines through points: plot and its relatives.
import { CYCLE, fail, parseFormat, toColor, toDash } from '../colors.js';
import { errorBars } from './error-bars.js';
import { references } from './references.js';
import { handle, legendName, LINE, nextColor, sameLength, toNumbers } from './values.js';

function plot(axes, args, kwargs) {
	const lines = [];
	for (const key of Object.keys(kwargs))
		if (
			!LINE.includes(key) &&
			![
				'c',
				'lw',
				'ls',
				'ms',
				'mfc',
				'mec',
				'mew',
				'zorder',
				'data',
				'clip_on',
				'antialiased',
				'solid_capstyle'
			].includes(key)
		)
			throw fail('TypeError', `plot() has no argument "${key}" here; it takes ${LINE.join(', ')}`);
	if (kwargs.data)
		throw fail('NotImplementedError', 'plot(data=…) is not available here; pass lists');
	const rest = [...args];
	while (rest.length > 0) {
		let x = rest.shift();
		let y;
		if (Array.isArray(rest[0]) || (rest.length > 0 && typeof rest[0] !== 'string'))
			y = rest.shift();
		const format = typeof rest[0] === 'string' ? parseFormat(rest.shift()) : {};
		if (y === undefined) [x, y] = [(Array.isArray(x) ? x : [x]).map((_, n) => n), x];
		const columns =
			Array.isArray(y) && Array.isArray(y[0]) ? y[0].map((_, n) => y.map((row) => row[n])) : [y];
		for (const column of columns) lines.push(line(axes, x, column, { ...format, ...kwargs }));
	}
	return lines;
}

function line(axes, x, y, o) {
	const xs = toNumbers(axes.x, x);
	const ys = toNumbers(axes.y, y);
	sameLength('plot', xs, ys);
	const color = toColor(o.color ?? o.c) ?? nextColor(axes, 'cycle');
	const marker = o.marker && !['None', 'none', ' '].includes(o.marker) ? o.marker : null;
	const step = /steps-?(pre|mid|post)?/.exec(o.drawstyle ?? '');
	const artist = axes.add({
		kind: 'line',
		xs,
		ys,
		color,
		width: o.linewidth ?? o.lw ?? 1.7,
		dash: toDash(o.linestyle ?? o.ls),
		marker,
		size: o.markersize ?? o.ms ?? 6,
		fill: toColor(o.markerfacecolor ?? o.mfc),
		edge: toColor(o.markeredgecolor ?? o.mec),
		alpha: o.alpha ?? 1,
		label: legendName(o.label),
		step: step ? (step[1] ?? 'pre') : null
	});
	return handle(artist);
}

export const lines = {
	plot: { raw: true, run: plot },
	step: {
		raw: true,
		run: (axes, args, { where = 'pre', ...kwargs }) =>
			plot(axes, args, { ...kwargs, drawstyle: `steps-${where}` })
	},
	semilogy: {
		raw: true,
		run: (axes, args, kwargs) => ((axes.y.scale = 'log'), plot(axes, args, kwargs))
	},
	semilogx: {
		raw: true,
		run: (axes, args, kwargs) => ((axes.x.scale = 'log'), plot(axes, args, kwargs))
	},
	loglog: {
		raw: true,
		run: (axes, args, kwargs) => ((axes.x.scale = axes.y.scale = 'log'), plot(axes, args, kwargs))
	},
	errorbar: {
		params: ['x', 'y', 'yerr', 'xerr', 'fmt'],
		options: [...LINE, 'ecolor', 'elinewidth', 'capsize', 'capthick'],
		run(axes, o) {
			const format = o.fmt === 'none' ? { linestyle: 'None' } : o.fmt ? parseFormat(o.fmt) : {};
			const made = line(axes, o.x, o.y, { ...format, ...o });
			const drawn = axes.artists.at(-1);
			const points = drawn.xs.map((x, n) => [x, drawn.ys[n]]);
			const look = {
				color: toColor(o.ecolor) ?? drawn.color,
				cap: o.capsize ?? 3,
				width: o.elinewidth ?? 1.2,
				alpha: o.alpha
			};
			if (o.yerr !== undefined && o.yerr !== null) errorBars(axes, points, o.yerr, 'y', look);
			if (o.xerr !== undefined && o.xerr !== null) errorBars(axes, points, o.xerr, 'x', look);
			return made;
		}
	},
	stem: {
		params: ['x', 'y', 'linefmt', 'markerfmt', 'basefmt'],
		options: ['label', 'bottom'],
		run(axes, o) {
			const [x, y] = o.y === undefined ? [o.x.map((_, n) => n), o.x] : [o.x, o.y];
			references.vlines.run(axes, {
				x,
				ymin: o.bottom ?? 0,
				ymax: y,
				color: CYCLE[axes.cycle % CYCLE.length]
			});
			return line(axes, x, y, { marker: 'o', linestyle: 'None', label: o.label });
		}
	}
};

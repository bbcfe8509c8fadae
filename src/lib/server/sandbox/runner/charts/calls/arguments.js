// @ts-nocheck -- runs inside Deno, never in Node
// Arguments by name, as Python and JavaScript give them, and which of them change nothing here.
import { fail } from '../colors.js';

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
	'subplot_kw',
	'clear',
	'num',
	'wrap',
	'in_layout'
]);
/** Would be seen in the chart, and is not drawn: named once on stderr instead of left out in silence. */
const UNDRAWN = new Set([
	'hatch',
	'shadow',
	'notch',
	'norm',
	'extend',
	'gridspec_kw',
	'width_ratios',
	'height_ratios',
	'meanline',
	'whiskerprops',
	'capprops',
	'flierprops',
	'meanprops',
	'linefmt',
	'markerfmt',
	'basefmt',
	'minor'
]);
const OFF = [null, undefined, false, '', 'neither'];
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

/** Arguments by name. @throws TypeError naming what the function takes. */
export function named(name, { params, options = [], undrawn = [] }, args, kwargs, warn) {
	const known = new Set([...params, ...options]);
	const o = {};
	if (args.length > params.length)
		throw fail(
			'TypeError',
			`${name}() takes ${params.length} positional arguments: ${params.join(', ')}`
		);
	args.forEach((value, n) => (o[params[n]] = value));
	for (const [key, value] of Object.entries(kwargs)) {
		const full = known.has(key) ? key : (SHORT[key] ?? key);
		if (known.has(full)) o[full] = value;
		else if (!IGNORED.has(key) && !UNDRAWN.has(key) && !undrawn.includes(key))
			throw fail(
				'TypeError',
				`${name}() has no argument "${key}" here; it takes ${[...known].join(', ')}`
			);
	}
	for (const key of [...Object.keys(kwargs), ...Object.keys(o)])
		if ((UNDRAWN.has(key) || undrawn.includes(key)) && !OFF.includes(kwargs[key] ?? o[key]))
			warn(UNDRAWN.has(key) ? key : `${name}(${key}=…)`);
	return o;
}

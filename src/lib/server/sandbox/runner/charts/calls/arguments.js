// @ts-nocheck -- runs inside Deno, never in Node
// Arguments by name, as Python and JavaScript give them.
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

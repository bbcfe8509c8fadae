// @ts-nocheck -- runs inside Deno, never in Node
// Calls by name, from Python and JavaScript alike, to what they do to figures, axes and artists.
import { fail } from '../colors.js';
import { areas } from './areas.js';
import { named } from './arguments.js';
import { axisCalls } from './axis.js';
import { bars } from './bars.js';
import { boxplots } from './boxplot.js';
import { createFigureCalls } from './figure-calls.js';
import { createFigures } from './figures.js';
import { frames } from './frame.js';
import { heatMaps } from './heat-map.js';
import { histograms } from './histogram.js';
import { legends } from './legend.js';
import { lines } from './lines.js';
import { pies } from './pie.js';
import { references } from './references.js';
import { scatters } from './scatter.js';
import { texts } from './text.js';

/** name → {params, options, run(axes, o)}; `params` may be given by position. */
const AXES = {
	...lines,
	...bars,
	...scatters,
	...areas,
	...references,
	...histograms,
	...boxplots,
	...pies,
	...heatMaps,
	...axisCalls,
	...texts,
	...legends,
	...frames
};
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
/** @param say writes a line to stderr */
export function createCalls(say) {
	const said = new Set();
	/** Once for each feature. */
	function warn(feature) {
		if (!said.has(feature)) say(`matplotlib: ${feature} is not drawn here`);
		said.add(feature);
	}
	const figures = createFigures();
	const { gcf, gca, subplot, twin, ref, revive } = figures;
	const { pyplot, figureMethods } = createFigureCalls(figures, warn);

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
			if (definition)
				return definition.run(on ?? gcf(), named(method, definition, given, options, warn));
			if (on?.figsize && method === 'clf') return figures.clear(on);
			if (on?.figsize && method === 'gca') return ref(gca(on));
			throw fail(
				'NotImplementedError',
				`a figure has no ${method}() here; there is savefig, gca, clf, ${Object.keys(figureMethods).join(', ')}`
			);
		}
		if (on?.kind) return decorate(on, method, given, options);
		if (method === 'subplot')
			return subplot(gcf(), named(method, figureMethods.add_subplot, given, options, warn));
		if (method === 'twinx' || method === 'twiny')
			return twin(gca(), method === 'twinx' ? 'y' : 'x');
		if (Object.hasOwn(pyplot, method))
			return pyplot[method].run(named(method, pyplot[method], given, options, warn));
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
		const before = axes.artists.length;
		const { zorder, ...rest } = kwargs;
		const answer = definition.raw
			? definition.run(axes, args, rest, warn)
			: definition.run(axes, named(method, definition, args, rest, warn), warn);
		if (typeof zorder === 'number')
			for (const artist of axes.artists.slice(before)) artist.zorder = zorder;
		return answer;
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
			set_zorder: 'zorder'
		}[method];
		if (!property) return warn(method === 'set_hatch' ? 'hatch' : `${method}() of this artist`);
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
	return { call, describe, warn, figure: figures.find };
}

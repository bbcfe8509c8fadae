// @ts-nocheck -- runs inside Deno, never in Node
// What plot functions share: values as numbers, colours in turn, and what they return.
import { CYCLE, fail } from '../colors.js';

export const LINE = [
	'color',
	'linestyle',
	'linewidth',
	'marker',
	'markersize',
	'markerfacecolor',
	'markeredgecolor',
	'markeredgewidth',
	'label',
	'alpha',
	'drawstyle',
	'markevery',
	'where'
];

export const FILL = [
	'color',
	'facecolor',
	'edgecolor',
	'linewidth',
	'alpha',
	'label',
	'hatch',
	'linestyle'
];

/** Values as numbers on an axis: dates become days, names become 0, 1, 2, … */
export function toNumbers(axis, values) {
	const list =
		values === null || values === undefined ? [] : Array.isArray(values) ? values : [values];
	if (list.some((v) => typeof v === 'string')) {
		axis.categories ??= [];
		return list.map((v) => {
			const name =
				v === null ? 'None' : typeof v === 'object' ? new Date(v.$t).toISOString() : String(v);
			if (!axis.categories.includes(name)) axis.categories.push(name);
			return axis.categories.indexOf(name);
		});
	}
	return list.map((v) => {
		if (v === null || v === undefined) return NaN;
		if (typeof v === 'object' && '$t' in v) {
			axis.time = true;
			return v.$t / 86400000;
		}
		if (typeof v === 'boolean') return Number(v);
		if (typeof v === 'number') return v;
		throw fail('TypeError', `${JSON.stringify(v)?.slice(0, 80)} is not a number, a date or a name`);
	});
}

/** Lines and areas go through the colours separately, as in matplotlib. */
export const nextColor = (axes, counter = 'areas') => CYCLE[axes[counter]++ % CYCLE.length];

export function sameLength(name, ...lists) {
	if (new Set(lists.map((l) => l.length)).size > 1)
		throw fail(
			'ValueError',
			`${name}(): the lists have different lengths: ${lists.map((l) => l.length).join(' and ')}`
		);
}

/** The n-th of a list, going round, or the one value for all. */
export const each = (value, n, fallback) =>
	Array.isArray(value) ? value[n % value.length] : (value ?? fallback);

/** What a plot function answers: the artist by number. */
export const handle = (artist, extra = {}) => ({ $artist: artist.id, kind: artist.kind, ...extra });

export const legendName = (label) =>
	label === null || label === undefined || String(label).startsWith('_') ? null : String(label);

export const isColorList = (c) =>
	Array.isArray(c) &&
	!(c.every((v) => typeof v === 'number') && (c.length === 3 || c.length === 4));

// @ts-nocheck -- runs inside Deno, never in Node
// Colours by name, colour maps, and matplotlib's format strings.

export const CYCLE = [
	'#1f77b4',
	'#ff7f0e',
	'#2ca02c',
	'#d62728',
	'#9467bd',
	'#8c564b',
	'#e377c2',
	'#7f7f7f',
	'#bcbd22',
	'#17becf'
];
const SHORT = {
	b: '#0000ff',
	g: '#008000',
	r: '#d62728',
	c: '#00bfbf',
	m: '#bf00bf',
	y: '#bfbf00',
	k: '#000000',
	w: '#ffffff'
};
const TABLEAU = [
	'blue',
	'orange',
	'green',
	'red',
	'purple',
	'brown',
	'pink',
	'gray',
	'olive',
	'cyan'
];

// Anchor colours, evenly spaced; between them the colours are mixed.
const MAPS = {
	viridis: '440154 482475 414487 355f8d 2a788e 21918c 22a884 44bf70 7ad151 bddf26 fde725',
	plasma: '0d0887 41049d 6a00a8 8f0da4 b12a90 cc4778 e16462 f2844b fca636 fcce25 f0f921',
	inferno: '000004 160b39 420a68 6a176e 932667 bc3754 dd513a f37819 fca50a f6d746 fcffa4',
	magma: '000004 140e36 3b0f70 641a80 8c2981 b73779 de4968 f7705c fe9f6d fecf92 fcfdbf',
	cividis: '00224e 123570 3b496c 575d6d 707173 8a8678 a59c74 c3b369 e1cc55 fee838',
	Blues: 'f7fbff deebf7 c6dbef 9ecae1 6baed6 4292c6 2171b5 08519c 08306b',
	Greens: 'f7fcf5 e5f5e0 c7e9c0 a1d99b 74c476 41ab5d 238b45 006d2c 00441b',
	Reds: 'fff5f0 fee0d2 fcbba1 fc9272 fb6a4a ef3b2c cb181d a50f15 67000d',
	Oranges: 'fff5eb fee6ce fdd0a2 fdae6b fd8d3c f16913 d94801 a63603 7f2704',
	Purples: 'fcfbfd efedf5 dadaeb bcbddc 9e9ac8 807dba 6a51a3 54278f 3f007d',
	Greys: 'ffffff f0f0f0 d9d9d9 bdbdbd 969696 737373 525252 252525 000000',
	gray: '000000 ffffff',
	hot: '0b0000 ff0000 ffff00 ffffff',
	coolwarm: '3b4cc0 6788ee 9abbff c9d7f0 edd1c2 f7a889 e26952 b40426',
	RdBu: '67001f b2182b d6604d f4a582 fddbc7 f7f7f7 d1e5f0 92c5de 4393c3 2166ac 053061',
	RdYlGn: 'a50026 d73027 f46d43 fdae61 fee08b ffffbf d9ef8b a6d96a 66bd63 1a9850 006837',
	YlOrRd: 'ffffcc ffeda0 fed976 feb24c fd8d3c fc4e2a e31a1c bd0026 800026',
	YlGnBu: 'ffffd9 edf8b1 c7e9b4 7fcdbb 41b6c4 1d91c0 225ea8 253494 081d58',
	Spectral: '9e0142 d53e4f f46d43 fdae61 fee08b ffffbf e6f598 abdda4 66c2a5 3288bd 5e4fa2',
	jet: '00007f 0000ff 007fff 00ffff 7fff7f ffff00 ff7f00 ff0000 7f0000',
	bwr: '0000ff ffffff ff0000',
	seismic: '00004c 0000ff ffffff ff0000 7f0000',
	turbo: '30123b 4662d7 36aaf9 1ae4b6 72fe5e c8ef34 faba39 f66b19 cb2a04 7a0403'
};
const LISTS = {
	tab10: CYCLE,
	tab20: [
		'#1f77b4',
		'#aec7e8',
		'#ff7f0e',
		'#ffbb78',
		'#2ca02c',
		'#98df8a',
		'#d62728',
		'#ff9896',
		'#9467bd',
		'#c5b0d5',
		'#8c564b',
		'#c49c94',
		'#e377c2',
		'#f7b6d2',
		'#7f7f7f',
		'#c7c7c7',
		'#bcbd22',
		'#dbdb8d',
		'#17becf',
		'#9edae5'
	],
	Set1: [
		'#e41a1c',
		'#377eb8',
		'#4daf4a',
		'#984ea3',
		'#ff7f00',
		'#ffff33',
		'#a65628',
		'#f781bf',
		'#999999'
	],
	Set2: ['#66c2a5', '#fc8d62', '#8da0cb', '#e78ac3', '#a6d854', '#ffd92f', '#e5c494', '#b3b3b3'],
	Set3: [
		'#8dd3c7',
		'#ffffb3',
		'#bebada',
		'#fb8072',
		'#80b1d3',
		'#fdb462',
		'#b3de69',
		'#fccde5',
		'#d9d9d9',
		'#bc80bd',
		'#ccebc5',
		'#ffed6f'
	],
	Pastel1: [
		'#fbb4ae',
		'#b3cde3',
		'#ccebc5',
		'#decbe4',
		'#fed9a6',
		'#ffffcc',
		'#e5d8bd',
		'#fddaec',
		'#f2f2f2'
	],
	Dark2: ['#1b9e77', '#d95f02', '#7570b3', '#e7298a', '#66a61e', '#e6ab02', '#a6761d', '#666666']
};
export const MAP_NAMES = [...Object.keys(MAPS), ...Object.keys(LISTS)];

/** The colour of a colour map at 0…1. */
export function mapColor(name, t) {
	const reversed = name.endsWith('_r');
	const base = reversed ? name.slice(0, -2) : name;
	const at = Math.min(1, Math.max(0, reversed ? 1 - t : t));
	if (LISTS[base])
		return LISTS[base][Math.min(LISTS[base].length - 1, Math.floor(at * LISTS[base].length))];
	const anchors = MAPS[{ grey: 'gray', Grays: 'Greys', binary: 'Greys' }[base] ?? base]?.split(' ');
	if (!anchors)
		throw fail(
			'ValueError',
			`there is no colour map "${name}"; there is ${MAP_NAMES.join(', ')}, each also with _r`
		);
	const place = at * (anchors.length - 1);
	const low = Math.min(anchors.length - 2, Math.floor(place));
	const part = place - low;
	const mix = (k) => {
		const a = parseInt(anchors[low].slice(k, k + 2), 16);
		const b = parseInt(anchors[low + 1].slice(k, k + 2), 16);
		return Math.round(a + (b - a) * part)
			.toString(16)
			.padStart(2, '0');
	};
	return `#${mix(0)}${mix(2)}${mix(4)}`;
}

/** A colour as SVG takes it. */
export function toColor(value) {
	if (value === null || value === undefined) return undefined;
	if (Array.isArray(value) && (value.length === 3 || value.length === 4)) {
		const [r, g, b, a = 1] = value;
		const byte = (v) => Math.round(Math.min(1, Math.max(0, v)) * 255);
		return a === 1
			? `rgb(${byte(r)},${byte(g)},${byte(b)})`
			: `rgba(${byte(r)},${byte(g)},${byte(b)},${a})`;
	}
	const text = String(value);
	if (SHORT[text]) return SHORT[text];
	if (/^C\d+$/.test(text)) return CYCLE[Number(text.slice(1)) % CYCLE.length];
	if (text.startsWith('tab:')) {
		const at = TABLEAU.indexOf(text.slice(4).replace('grey', 'gray'));
		if (at >= 0) return CYCLE[at];
	}
	if (/^(0?\.\d+|[01](\.0*)?)$/.test(text)) {
		const v = Math.round(Number(text) * 255);
		return `rgb(${v},${v},${v})`;
	}
	if (/^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(text)) return text;
	if (/^(rgb|rgba|hsl)\([\d\s.,%]+\)$/.test(text)) return text;
	if (/^[a-z]+$/i.test(text)) return text.toLowerCase();
	throw fail('ValueError', `${JSON.stringify(value)} is not a colour`);
}

const DASHES = {
	'-': '',
	solid: '',
	'--': '6 3',
	dashed: '6 3',
	':': '1.5 2.5',
	dotted: '1.5 2.5',
	'-.': '7 2.5 1.5 2.5',
	dashdot: '7 2.5 1.5 2.5'
};

/** A line style as an SVG dash array; null means no line. */
export function toDash(style) {
	if (style === undefined || style === null) return '';
	if (['None', 'none', '', ' '].includes(style)) return null;
	if (Array.isArray(style)) return (style[1] ?? []).join(' ');
	if (!(style in DASHES)) throw fail('ValueError', `${JSON.stringify(style)} is not a line style`);
	return DASHES[style];
}

export const MARKERS = 'o.,sD^v<>x+*dphHPX|_1';

/** `'r--o'` as {color, linestyle, marker}. */
export function parseFormat(format) {
	const parsed = {};
	let rest = format;
	const style = rest.match(/--|-\.|-|:/);
	if (style) {
		parsed.linestyle = style[0];
		rest = rest.replace(style[0], '');
	}
	const named = rest.match(/C\d+|tab:[a-z]+/);
	if (named) {
		parsed.color = named[0];
		rest = rest.replace(named[0], '');
	} else if (/^[a-z]{3,}$/.test(rest)) return { ...parsed, color: rest };
	for (const letter of rest)
		if (SHORT[letter] && parsed.color === undefined) parsed.color = letter;
		else if (MARKERS.includes(letter) && parsed.marker === undefined) parsed.marker = letter;
		else
			throw fail('ValueError', `${JSON.stringify(format)} is not a format string such as "r--o"`);
	if (parsed.marker && !parsed.linestyle) parsed.linestyle = 'None';
	return parsed;
}

/** An error that Python raises under its own name. */
export function fail(name, message) {
	const error = new Error(message);
	error.name = name;
	return error;
}

// @ts-nocheck -- runs inside Deno, never in Node
// The legend: its entries, its size, and the place that hides least.
import { colorAt, valueRange } from './color-range.js';
import { marker } from './marker.js';
import { escape, fontSize, num, PT, text, textWidth } from './text.js';

/** What the legend names: artists with labels, or the given ones. */
function entriesOf(axes) {
	const named = [];
	for (const a of axes.legend.handles ?? axes.artists) {
		if (a.kind === 'rects' && a.rects.some((r) => r.label))
			named.push(
				...a.rects
					.filter((r) => r.label)
					.map((r) => ({ artist: { ...a, legendColor: r.color }, label: r.label }))
			);
		else if (a.kind === 'pie')
			named.push(
				...a.wedges.map((w) => ({
					artist: { kind: 'rects', legendColor: w.color },
					label: w.label
				}))
			);
		else if (a.label || axes.legend.handles || axes.legend.labels)
			named.push({ artist: a, label: a.label });
	}
	const { labels } = axes.legend;
	return (
		labels ? named.slice(0, labels.length).map((e, n) => ({ ...e, label: labels[n] })) : named
	).filter((e) => e.label !== null && e.label !== undefined);
}

export function legendBox(axes) {
	const size = fontSize(axes.legend.fontsize, 9);
	const entries = entriesOf(axes);
	const columns = Math.max(1, Math.min(axes.legend.columns, entries.length));
	const rows = Math.ceil(entries.length / columns);
	const widest = Math.max(0, ...entries.map((e) => textWidth(String(e.label), size)));
	const title = axes.legend.title ? size * 1.6 : 0;
	return {
		entries,
		size,
		columns,
		rows,
		title,
		cell: widest + 42,
		width: Math.max(
			columns * (widest + 42) + 4,
			axes.legend.title ? textWidth(axes.legend.title, size) + 20 : 0
		),
		height: rows * size * 1.5 + title + 10
	};
}

export function legendSvg(axes, all, X, Y, box) {
	const l = legendBox(axes);
	if (l.entries.length === 0) return '';
	const [left, top] = legendPlace(axes, l, X, Y, box, all);
	const frame = axes.legend.frame
		? `<rect x="${num(left)}" y="${num(top)}" width="${num(l.width)}" height="${num(l.height)}" rx="3" fill="white" fill-opacity="0.85" stroke="#cccccc"/>`
		: '';
	const title = axes.legend.title
		? text(left + l.width / 2, top + 6, axes.legend.title, { size: l.size, va: 'top' })
		: '';
	const items = l.entries.map(({ artist, label }, n) => {
		const x = left + 8 + Math.floor(n / l.rows) * l.cell;
		const y = top + 5 + l.title + ((n % l.rows) + 0.5) * l.size * 1.5;
		return key(artist, x, y) + text(x + 29, y, label, { size: l.size, ha: 'left', va: 'center' });
	});
	return frame + title + items.join('');
}

function key(artist, x, y) {
	const color =
		artist.legendColor ??
		artist.rects?.[0]?.color ??
		(artist.values && artist.cmap
			? colorAt(artist, artist.values[0], valueRange(artist))
			: Array.isArray(artist.color)
				? artist.color[0]
				: artist.color);
	const dashes = artist.dash ? ` stroke-dasharray="${artist.dash}"` : '';
	const line = `<path d="M${num(x)} ${num(y)}h22" stroke="${color}" stroke-width="${num((artist.width ?? 1.5) * 1.1)}"${dashes}/>`;
	const faded =
		artist.alpha === undefined || artist.alpha === null ? '' : ` opacity="${num(artist.alpha)}"`;
	if (artist.kind === 'line')
		return `<g${faded}>${artist.dash === null ? '' : line}${artist.marker ? marker(artist.marker, x + 11, y, 6 * PT, artist.fill ?? color, artist.edge) : ''}</g>`;
	if (artist.kind === 'points')
		return `<g${faded}>${marker(artist.marker, x + 11, y, 6 * PT, color, artist.edge)}</g>`;
	if (artist.kind === 'segments' || (artist.kind === 'across' && artist.values.length === 1))
		return `<g${faded}>${line}</g>`;
	return `<rect x="${num(x)}" y="${num(y - 5)}" width="22" height="10" fill="${escape(color)}"${artist.edge ? ` stroke="${artist.edge}"` : ''}${faded}/>`;
}

const PLACES = {
	'upper right': [1, 0],
	'upper left': [0, 0],
	'lower left': [0, 1],
	'lower right': [1, 1],
	right: [1, 0.5],
	'center right': [1, 0.5],
	'center left': [0, 0.5],
	'lower center': [0.5, 1],
	'upper center': [0.5, 0],
	center: [0.5, 0.5]
};

const NUMBERED = [
	'best',
	'upper right',
	'upper left',
	'lower left',
	'lower right',
	'right',
	'center left',
	'center right',
	'lower center',
	'upper center',
	'center'
];

function legendPlace(axes, l, X, Y, box, all) {
	if (axes.legend.outside) return [box.left + box.width + 14, box.top];
	const at = ([x, y]) => [
		box.left + 8 + x * (box.width - l.width - 16),
		box.top + 8 + y * (box.height - l.height - 16)
	];
	const name = typeof axes.legend.loc === 'number' ? NUMBERED[axes.legend.loc] : axes.legend.loc;
	if (PLACES[name]) return at(PLACES[name]);
	const points = all
		.filter((a) => a === axes || a.twin?.of === axes)
		.flatMap((a) => a.artists)
		.flatMap((a) =>
			a.kind === 'line' || a.kind === 'points'
				? a.xs.map((x, n) => [X(x), Y(a.ys[n])])
				: a.kind === 'rects'
					? a.rects.flatMap((r) =>
							[0, 0.25, 0.5, 0.75, 1].map((t) =>
								a.horizontal
									? [X(r.x0 + (r.x1 - r.x0) * t), Y((r.y0 + r.y1) / 2)]
									: [X((r.x0 + r.x1) / 2), Y(r.y0 + (r.y1 - r.y0) * t)]
							)
						)
					: a.kind === 'pie'
						? [[box.left + box.width / 2, box.top + box.height / 2]]
						: []
		);
	const hidden = (place) => {
		const [x, y] = at(PLACES[place]);
		return points.filter(
			([px, py]) => px > x - 4 && px < x + l.width + 4 && py > y - 4 && py < y + l.height + 4
		).length;
	};
	const ranked = [
		'upper right',
		'upper left',
		'lower left',
		'lower right',
		'center left',
		'center right',
		'lower center',
		'upper center'
	].map((p) => [p, hidden(p)]);
	return at(PLACES[ranked.reduce((a, b) => (b[1] < a[1] ? b : a))[0]]);
}

// @ts-nocheck -- runs inside Deno, never in Node
// A figure as an SVG document.
import { toColor, toDash, mapColor } from './colors.js';
import { colorAt, drawArtist, escape, fontSize, marker, num, text, valueRange } from './draw.js';
import { PT, rangeOf, rotatedBox, rotationOf, scaleOf, textWidth, ticksOf } from './layout.js';
import { linearTicks, numberLabels } from './scales.js';

const INK = '#333333';
const TICK = 3.5;

/** Room for labels on the four sides, given a guess of the plot's own size. */
function marginsOf(axes, all, width, height) {
	const size = { x: fontSize(axes.x.fontsize, 9), y: fontSize(axes.y.fontsize, 9) };
	const range = { x: rangeOf(axes, 'x', all), y: rangeOf(axes, 'y', all) };
	const ticks = {
		x: ticksOf(axes.x, range.x, width, true),
		y: ticksOf(axes.y, range.y, height, false)
	};
	const rotation = rotationOf(axes.x, ticks.x, width, size.x);
	const showX = !axes.off && axes.share.labelsX !== false && !axes.x.hidden;
	const showY = !axes.off && axes.share.labelsY !== false && !axes.y.hidden;
	const xBoxes = showX ? ticks.x.map((t) => rotatedBox(t.label, size.x, rotation)) : [];
	const yWidth = showY
		? Math.max(
				0,
				...ticks.y.map((t) => Math.max(...t.label.split('\n').map((l) => textWidth(l, size.y))))
			)
		: 0;
	const xHeight = Math.max(0, ...xBoxes.map((b) => b.height));
	const labelX = axes.x.label
		? fontSize(axes.x.labelSize, 10) * 1.5 * axes.x.label.split('\n').length
		: 0;
	const labelY = axes.y.label
		? fontSize(axes.y.labelSize, 10) * 1.5 * axes.y.label.split('\n').length
		: 0;
	const slant = rotation > 0 && rotation < 90 && xBoxes[0] ? xBoxes[0].width * 0.75 : 0;
	const legend = axes.legend?.outside ? legendBox(axes).width + 14 : 0;
	const bar = axes.colorbar ? colorbarWidth(axes.colorbar) : 0;
	const own = axes.off ? 6 : TICK + 9;
	const side = axes.twin?.side === 'y';
	const titleHeight = axes.title?.text
		? fontSize(axes.title.fontsize, 12) * 1.3 * axes.title.text.split('\n').length + 8
		: 0;
	return {
		left: side ? 0 : Math.max(yWidth + labelY + own, slant),
		right:
			(side
				? yWidth + labelY + own
				: Math.max(8, (xBoxes.at(-1)?.width ?? 0) / (rotation ? 6 : 2.6))) +
			legend +
			bar,
		top: Math.max(titleHeight, 8),
		bottom: axes.off ? 6 : xHeight + labelX + own,
		detail: { range, rotation, size, xHeight, yWidth, showX, showY }
	};
}
function colorbarWidth({ artist, label }) {
	const labels = numberLabels(linearTicks(...valueRange(artist), 6));
	return 30 + Math.max(...labels.map((l) => textWidth(l, 9 * PT))) + 8 + (label ? 22 : 0);
}

export function figureSvg(figure) {
	const width = figure.figsize[0] * 100;
	const height = figure.figsize[1] * 100;
	const suptitleSize = fontSize(figure.suptitle?.fontsize, 14);
	const head = figure.suptitle
		? suptitleSize * 1.3 * String(figure.suptitle.t).split('\n').length + 10
		: 4;
	const cellWidth = (width - 12) / figure.columns;
	const cellHeight = (height - head - 8) / figure.rows;
	const all = figure.axes;
	const margins = new Map(
		all.map((a) => [
			a,
			marginsOf(a, all, cellWidth * a.place.columns * 0.8, cellHeight * a.place.rows * 0.75)
		])
	);
	const most = (test, side) => Math.max(0, ...all.filter(test).map((a) => margins.get(a)[side]));
	const boxOf = (axes) => {
		const { row, column, rows, columns } = axes.place;
		const left = 6 + column * cellWidth + most((a) => a.place.column === column, 'left') + 4;
		const right =
			6 +
			(column + columns) * cellWidth -
			most((a) => a.place.column + a.place.columns === column + columns, 'right') -
			4;
		const top = head + row * cellHeight + most((a) => a.place.row === row, 'top') + 2;
		const bottom =
			head +
			(row + rows) * cellHeight -
			most((a) => a.place.row + a.place.rows === row + rows, 'bottom') -
			4;
		return { left, top, width: Math.max(20, right - left), height: Math.max(20, bottom - top) };
	};
	const parts = all.map((axes) => axesSvg(axes, all, boxOf(axes), margins.get(axes).detail));
	const title = figure.suptitle
		? text(width / 2, 8, figure.suptitle.t, {
				size: suptitleSize,
				va: 'top',
				weight: figure.suptitle.fontweight,
				color: toColor(figure.suptitle.color) ?? '#222222'
			})
		: '';
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${num(width)}" height="${num(height)}" viewBox="0 0 ${num(width)} ${num(height)}" font-family="DejaVu Sans, Verdana, sans-serif"><rect width="100%" height="100%" fill="${toColor(figure.facecolor)}"/>${title}${parts.join('')}</svg>`;
}

function axesSvg(axes, all, given, detail) {
	let box = given;
	const { range } = detail;
	if (axes.equal) {
		const ratio = (range.y[1] - range.y[0]) / (range.x[1] - range.x[0]);
		const w = Math.min(given.width, given.height / ratio);
		box = {
			left: given.left + (given.width - w) / 2,
			top: given.top + (given.height - w * ratio) / 2,
			width: w,
			height: w * ratio
		};
	}
	const right = box.left + box.width;
	const bottom = box.top + box.height;
	const X = scaleOf(axes.x, range.x, box.left, right);
	const Y = scaleOf(axes.y, range.y, bottom, box.top);
	const clip = `clip${axes.id}`;
	const ticks = {
		x: ticksOf(axes.x, range.x, box.width, true),
		y: ticksOf(axes.y, range.y, box.height, false)
	};
	const heat = axes.artists.some((a) => a.kind === 'heat');
	const ground =
		axes.twin || axes.off
			? ''
			: `<rect x="${num(box.left)}" y="${num(box.top)}" width="${num(box.width)}" height="${num(box.height)}" fill="${axes.facecolor ?? 'white'}"/>`;
	const free = (a) => a.kind === 'text' || a.kind === 'pie';
	const order = (a) => ({ heat: 0, shapes: 1, rects: 2 })[a.kind] ?? 3;
	const drawn = axes.artists
		.filter((a) => !free(a))
		.toSorted((a, b) => order(a) - order(b))
		.map((a) => drawArtist(a, X, Y, box))
		.join('');
	const above = axes.artists
		.filter(free)
		.map((a) => drawArtist(a, X, Y, box))
		.join('');
	return (
		`<clipPath id="${clip}"><rect x="${num(box.left)}" y="${num(box.top)}" width="${num(box.width)}" height="${num(box.height)}"/></clipPath>` +
		ground +
		gridSvg(axes, ticks, X, Y, box) +
		`<g clip-path="url(#${clip})">${drawn}</g>` +
		(axes.off ? '' : frameSvg(axes, ticks, X, Y, box, detail, heat)) +
		above +
		titleSvg(axes, box) +
		(axes.colorbar ? colorbarSvg(axes.colorbar, box) : '') +
		(axes.legend ? legendSvg(axes, all, X, Y, box) : '')
	);
}

function gridSvg(axes, ticks, X, Y, box) {
	if (axes.off) return '';
	return ['x', 'y']
		.map((name) => {
			const look = axes.grid[name];
			if (!look) return '';
			const path = ticks[name]
				.map((t) =>
					name === 'x'
						? `M${num(X(t.at))} ${num(box.top)}v${num(box.height)}`
						: `M${num(box.left)} ${num(Y(t.at))}h${num(box.width)}`
				)
				.join('');
			return `<path d="${path}" stroke="${look.color ?? '#cccccc'}" stroke-width="${num((look.width ?? 0.8) * 1.1)}" opacity="${num(look.alpha ?? 1)}"${look.linestyle && toDash(look.linestyle) ? ` stroke-dasharray="${toDash(look.linestyle)}"` : ''} fill="none"/>`;
		})
		.join('');
}

function frameSvg(axes, ticks, X, Y, box, detail, full) {
	const right = box.left + box.width;
	const bottom = box.top + box.height;
	const sides = {
		left: `M${num(box.left)} ${num(box.top)}V${num(bottom)}`,
		bottom: `M${num(box.left)} ${num(bottom)}H${num(right)}`,
		top: `M${num(box.left)} ${num(box.top)}H${num(right)}`,
		right: `M${num(right)} ${num(box.top)}V${num(bottom)}`
	};
	const twinSide = axes.twin?.side;
	const shown = (side) =>
		axes.spines[side]?.visible ??
		(twinSide === 'y'
			? side === 'right'
			: twinSide === 'x'
				? side === 'top'
				: full || side === 'left' || side === 'bottom');
	const spines = Object.keys(sides)
		.filter(shown)
		.map(
			(s) =>
				`<path d="${sides[s]}" stroke="${axes.spines[s]?.color ?? INK}" stroke-width="1" fill="none"/>`
		)
		.join('');
	const { rotation, size, xHeight, showX, showY } = detail;
	const yWidth = showY ? Math.max(0, ...ticks.y.map((t) => textWidth(t.label, size.y))) : 0;
	let out = spines;
	if (twinSide !== 'y') {
		const top = twinSide === 'x';
		const edge = top ? box.top : bottom;
		const sign = top ? -1 : 1;
		out += `<path d="${ticks.x.map((t) => `M${num(X(t.at))} ${num(edge)}v${num(TICK * sign)}`).join('')}" stroke="${INK}" stroke-width="1"/>`;
		const ha =
			axes.x.ha ?? (rotation === 0 || rotation === 90 ? 'center' : rotation > 0 ? 'right' : 'left');
		if (showX)
			for (const t of ticks.x)
				out +=
					rotation === 0
						? text(X(t.at), edge + (TICK + 3) * sign, t.label, {
								size: size.x,
								va: top ? 'bottom' : 'top',
								ha,
								color: axes.x.color ?? INK
							})
						: text(
								X(t.at) + (rotation === 90 ? size.x * 0.36 : size.x * 0.3),
								edge + TICK + 4 + (rotation === 90 ? 0 : size.x * 0.5),
								t.label,
								{ size: size.x, ha: 'right', rotation, color: axes.x.color ?? INK }
							);
		if (axes.x.label)
			out += text(
				box.left + box.width / 2,
				top ? box.top - TICK - 8 - xHeight : bottom + TICK + 7 + xHeight,
				axes.x.label,
				{
					size: fontSize(axes.x.labelSize, 10),
					va: top ? 'bottom' : 'top',
					color: axes.x.labelColor ?? '#222222'
				}
			);
	}
	if (twinSide !== 'x') {
		const edge = twinSide === 'y' ? right : box.left;
		const sign = twinSide === 'y' ? 1 : -1;
		out += `<path d="${ticks.y.map((t) => `M${num(edge)} ${num(Y(t.at))}h${num(TICK * sign)}`).join('')}" stroke="${INK}" stroke-width="1"/>`;
		if (showY)
			for (const t of ticks.y)
				out += text(edge + (TICK + 4) * sign, Y(t.at), t.label, {
					size: size.y,
					ha: sign > 0 ? 'left' : 'right',
					va: 'center',
					color: axes.y.color ?? INK
				});
		const labelSize = fontSize(axes.y.labelSize, 10);
		if (axes.y.label)
			out += text(
				edge +
					sign * (TICK + 10 + yWidth) +
					(sign > 0
						? labelSize
						: -labelSize * 0.2 - (axes.y.label.split('\n').length - 1) * labelSize * 1.2),
				box.top + box.height / 2,
				axes.y.label,
				{ size: labelSize, rotation: 90, color: axes.y.labelColor ?? '#222222' }
			);
	}
	return out;
}

function titleSvg(axes, box) {
	if (!axes.title?.text) return '';
	const at =
		{ left: box.left, center: box.left + box.width / 2, right: box.left + box.width }[
			axes.title.loc
		] ?? box.left;
	return text(at, box.top - 7, axes.title.text, {
		size: fontSize(axes.title.fontsize, 12),
		ha: axes.title.loc,
		va: 'bottom',
		color: axes.title.color ?? '#222222',
		weight: axes.title.weight
	});
}

function colorbarSvg({ artist, label }, box) {
	const range = valueRange(artist);
	const left = box.left + box.width + 12;
	const steps = 64;
	const cells = Array.from(
		{ length: steps },
		(_, n) =>
			`<rect x="${num(left)}" y="${num(box.top + (box.height * (steps - 1 - n)) / steps)}" width="14" height="${num(box.height / steps + 0.6)}" fill="${mapColor(artist.cmap, (n + 0.5) / steps)}"/>`
	).join('');
	const ticks = linearTicks(...range, Math.max(2, Math.round(box.height / 45)));
	const labels = numberLabels(ticks);
	const at = (v) => box.top + box.height * (1 - (v - range[0]) / (range[1] - range[0] || 1));
	const marks = ticks
		.map(
			(t, n) =>
				`<path d="M${num(left + 14)} ${num(at(t))}h3" stroke="${INK}"/>` +
				text(left + 20, at(t), labels[n], { size: 9 * PT, ha: 'left', va: 'center', color: INK })
		)
		.join('');
	const wide = Math.max(0, ...labels.map((l) => textWidth(l, 9 * PT)));
	return (
		`${cells}<rect x="${num(left)}" y="${num(box.top)}" width="14" height="${num(box.height)}" fill="none" stroke="${INK}" stroke-width="0.8"/>${marks}` +
		(label
			? text(left + 30 + wide + 10 * PT, box.top + box.height / 2, label, {
					size: 10 * PT,
					rotation: 90
				})
			: '')
	);
}

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
function legendBox(axes) {
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
function legendSvg(axes, all, X, Y, box) {
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

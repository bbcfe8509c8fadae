// @ts-nocheck -- runs inside Deno, never in Node
// One axes with all that belongs to it.
import { drawArtist } from './artist.js';
import { scaleOf, ticksOf } from './axis.js';
import { colorbarSvg } from './colorbar.js';
import { frameSvg, gridSvg, titleSvg } from './frame.js';
import { legendSvg } from './legend.js';
import { num } from './text.js';

export function axesSvg(axes, all, given, detail) {
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
	const order = (a) => a.zorder ?? { heat: 0, shapes: 1, rects: 1.01 }[a.kind] ?? 2;
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

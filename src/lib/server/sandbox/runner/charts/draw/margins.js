// @ts-nocheck -- runs inside Deno, never in Node
// How much room labels, legend and colour bar need around the plot.
import { linearTicks, numberLabels } from '../scales.js';
import { rangeOf, ticksOf } from './axis.js';
import { valueRange } from './color-range.js';
import { legendBox } from './legend.js';
import { fontSize, PT, textWidth } from './text.js';

export const TICK = 3.5;

/** Room for labels on the four sides, given a guess of the plot's own size. */
export function marginsOf(axes, all, width, height) {
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
	const above = axes.twin?.side === 'x';
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
		top: above ? xHeight + labelX + own : Math.max(titleHeight, 8),
		bottom: above ? 0 : axes.off ? 6 : xHeight + labelX + own,
		detail: { range, rotation, size, xHeight, yWidth, showX, showY }
	};
}

function colorbarWidth({ artist, label }) {
	const labels = numberLabels(linearTicks(...valueRange(artist), 6));
	return 30 + Math.max(...labels.map((l) => textWidth(l, 9 * PT))) + 8 + (label ? 22 : 0);
}

/** How tick labels stand so that they do not run into each other. */
function rotationOf(axis, ticks, pixels, size) {
	if (axis.rotation !== null) return Number(axis.rotation);
	if (ticks.length < 2) return 0;
	const room = pixels / Math.max(1, ticks.length);
	const widest = Math.max(...ticks.map((t) => textWidth(t.label, size)));
	if (widest < room * 0.95) return 0;
	return room > size * 2.2 ? 35 : 90;
}

/** Height and width that a rotated label takes. */
function rotatedBox(text, size, rotation) {
	const lines = text.split('\n');
	const width = Math.max(...lines.map((l) => textWidth(l, size)));
	const height = size * 1.2 * lines.length;
	const angle = (Math.abs(rotation) * Math.PI) / 180;
	return {
		width: width * Math.cos(angle) + height * Math.sin(angle),
		height: width * Math.sin(angle) + height * Math.cos(angle)
	};
}

// @ts-nocheck -- runs inside Deno, never in Node
// The colour bar beside the axes.
import { mapColor } from '../colors.js';
import { linearTicks, numberLabels } from '../scales.js';
import { valueRange } from './color-range.js';
import { num, PT, text, textWidth } from './text.js';

const INK = '#333333';

export function colorbarSvg({ artist, label }, box) {
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

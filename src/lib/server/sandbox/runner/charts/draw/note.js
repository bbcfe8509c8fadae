// @ts-nocheck -- runs inside Deno, never in Node
// Text at a place, with its frame and arrow.
import { fontSize, num, opacity, PT, text, textWidth } from './text.js';

export function note(a, X, Y, box) {
	let [x, y] = a.inAxes
		? [box.left + a.x * box.width, box.top + (1 - a.y) * box.height]
		: [X(a.x), Y(a.y)];
	if (!Number.isFinite(x) || !Number.isFinite(y)) return '';
	if (a.offset) [x, y] = [x + a.offset[0] * PT, y - a.offset[1] * PT];
	const size = fontSize(a.fontsize, 10);
	const width = textWidth(a.text, size);
	const left = a.ha === 'center' ? x - width / 2 : a.ha === 'right' ? x - width : x;
	const frame = a.box
		? `<rect x="${num(left - 4)}" y="${num(y - size)}" width="${num(width + 8)}" height="${num(size * 1.4)}" rx="3" fill="${a.box.fill}" stroke="${a.box.edge}"${opacity(a.box.alpha)}/>`
		: '';
	const arrow = a.point
		? arrowFrom(
				left,
				y,
				width,
				size,
				a.inAxes ? [x, y] : [X(a.point[0]), Y(a.point[1])],
				a.arrowColor
			)
		: '';
	return (
		arrow +
		frame +
		text(x, y, a.text, {
			size,
			color: a.color,
			ha: a.ha,
			va: a.va,
			rotation: a.rotation === 'vertical' ? 90 : Number(a.rotation) || 0,
			weight: a.weight
		})
	);
}

/** From the side of the text that faces the point. */
function arrowFrom(left, y, width, size, [px, py], color) {
	if (px > left + width) return arrowTo([left + width + 4, y - size * 0.35], [px, py], color);
	if (px < left) return arrowTo([left - 4, y - size * 0.35], [px, py], color);
	return arrowTo([left + width / 2, py > y ? y + size * 0.35 : y - size * 1.1], [px, py], color);
}

function arrowTo([x0, y0], [x1, y1], color) {
	const angle = Math.atan2(y1 - y0, x1 - x0);
	const head = [angle + 2.7, angle - 2.7].map(
		(a) => `${num(x1 + 8 * Math.cos(a))} ${num(y1 + 8 * Math.sin(a))}`
	);
	return `<path d="M${num(x0)} ${num(y0)}L${num(x1)} ${num(y1)}M${head[0]}L${num(x1)} ${num(y1)}L${head[1]}" fill="none" stroke="${color}" stroke-width="1.3"/>`;
}

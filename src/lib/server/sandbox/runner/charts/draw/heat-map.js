// @ts-nocheck -- runs inside Deno, never in Node
// Heat maps as SVG.
import { colorAt, valueRange } from './color-range.js';
import { num } from './text.js';

export function heat(a, X, Y) {
	const range = valueRange(a);
	return a.values
		.map((row, r) =>
			row
				.map((v, c) => {
					const [x0, x1, y0, y1] = [
						X(a.xEdges[c]),
						X(a.xEdges[c + 1]),
						Y(a.yEdges[r]),
						Y(a.yEdges[r + 1])
					];
					const line = a.edge
						? ` stroke="${a.edge}" stroke-width="${num(a.width)}"`
						: ' shape-rendering="crispEdges"';
					return `<rect x="${num(Math.min(x0, x1))}" y="${num(Math.min(y0, y1))}" width="${num(Math.abs(x1 - x0))}" height="${num(Math.abs(y1 - y0))}" fill="${colorAt(a, v, range)}"${line}/>`;
				})
				.join('')
		)
		.join('');
}

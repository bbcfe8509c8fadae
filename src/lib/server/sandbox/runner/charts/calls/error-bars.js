// @ts-nocheck -- runs inside Deno, never in Node
// Error bars, of points and of bars.
import { each } from './values.js';

export function errorBars(axes, points, error, direction, { color, cap, width, alpha = 1 }) {
	const pair =
		Array.isArray(error) && error.length === 2 && Array.isArray(error[0]) ? error : [error, error];
	const segments = points.map(([x, y], n) => {
		const [low, high] = pair.map((e) => each(e, n, 0));
		return direction === 'y' ? [x, y - low, x, y + high] : [x - low, y, x + high, y];
	});
	axes.add({ kind: 'segments', segments, color, width, dash: '', alpha, cap, label: null });
}

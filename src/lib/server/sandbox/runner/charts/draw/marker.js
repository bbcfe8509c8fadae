// @ts-nocheck -- runs inside Deno, never in Node
// Markers of points.
import { num } from './text.js';

export function marker(kind, x, y, size, fill, edge, width = 0.8) {
	const r = size / 2;
	const look = `fill="${fill}"${edge ? ` stroke="${edge}" stroke-width="${num(width)}"` : ''}`;
	const shape = (points) =>
		`<polygon points="${points.map(([dx, dy]) => `${num(x + dx * r)},${num(y + dy * r)}`).join(' ')}" ${look}/>`;
	const cross = (d) =>
		`<path d="${d}" stroke="${fill}" stroke-width="${num(Math.max(1, size / 5))}" fill="none"/>`;
	switch (kind) {
		case 's':
			return shape([
				[-0.9, -0.9],
				[0.9, -0.9],
				[0.9, 0.9],
				[-0.9, 0.9]
			]);
		case 'D':
			return shape([
				[0, -1.2],
				[1.2, 0],
				[0, 1.2],
				[-1.2, 0]
			]);
		case 'd':
			return shape([
				[0, -1.2],
				[0.7, 0],
				[0, 1.2],
				[-0.7, 0]
			]);
		case '^':
			return shape([
				[0, -1],
				[1, 0.9],
				[-1, 0.9]
			]);
		case 'v':
			return shape([
				[0, 1],
				[1, -0.9],
				[-1, -0.9]
			]);
		case '<':
			return shape([
				[-1, 0],
				[0.9, 1],
				[0.9, -1]
			]);
		case '>':
			return shape([
				[1, 0],
				[-0.9, 1],
				[-0.9, -1]
			]);
		case 'p':
		case 'h':
		case 'H':
			return shape(
				Array.from({ length: kind === 'p' ? 5 : 6 }, (_, n) => [
					Math.sin((n * 2 * Math.PI) / (kind === 'p' ? 5 : 6)),
					-Math.cos((n * 2 * Math.PI) / (kind === 'p' ? 5 : 6))
				])
			);
		case '*':
			return shape(
				Array.from({ length: 10 }, (_, n) => [
					Math.sin((n * Math.PI) / 5) * (n % 2 ? 0.5 : 1.2),
					-Math.cos((n * Math.PI) / 5) * (n % 2 ? 0.5 : 1.2)
				])
			);
		case 'x':
		case 'X':
			return cross(
				`M${num(x - r)} ${num(y - r)}L${num(x + r)} ${num(y + r)}M${num(x - r)} ${num(y + r)}L${num(x + r)} ${num(y - r)}`
			);
		case '+':
		case 'P':
			return cross(`M${num(x - r)} ${num(y)}H${num(x + r)}M${num(x)} ${num(y - r)}V${num(y + r)}`);
		case '_':
			return cross(`M${num(x - r)} ${num(y)}H${num(x + r)}`);
		case '|':
			return cross(`M${num(x)} ${num(y - r)}V${num(y + r)}`);
		default:
			return `<circle cx="${num(x)}" cy="${num(y)}" r="${num(kind === '.' || kind === ',' ? r / 2 : r)}" ${look}/>`;
	}
}

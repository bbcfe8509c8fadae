// @ts-nocheck -- runs inside Deno, never in Node
// Artists as SVG, given the two scales of their axes.
import { toColor } from '../colors.js';
import { boxes } from './boxes.js';
import { colorAt, valueRange } from './color-range.js';
import { heat } from './heat-map.js';
import { marker } from './marker.js';
import { note } from './note.js';
import { pie } from './pie.js';
import { num, opacity, PT, stroke } from './text.js';

function linePath(xs, ys, step) {
	let path = '';
	let pen = false;
	xs.forEach((x, n) => {
		if (!Number.isFinite(x) || !Number.isFinite(ys[n])) return void (pen = false);
		if (pen && step === 'post') path += `H${num(x)}`;
		if (pen && step === 'pre') path += `V${num(ys[n])}`;
		if (pen && step === 'mid') path += `H${num((xs[n - 1] + x) / 2)}V${num(ys[n])}`;
		path += `${pen ? 'L' : 'M'}${num(x)} ${num(ys[n])}`;
		pen = true;
	});
	return path;
}

const DRAW = {
	line(a, X, Y) {
		const [xs, ys] = [a.xs.map(X), a.ys.map(Y)];
		const path =
			a.dash === null
				? ''
				: `<path d="${linePath(xs, ys, a.step)}" fill="none" ${stroke(a.color, a.width, a.dash)} stroke-linejoin="round" stroke-linecap="round"/>`;
		const dots = a.marker
			? xs
					.map((x, n) =>
						Number.isFinite(x) && Number.isFinite(ys[n])
							? marker(a.marker, x, ys[n], a.size * PT, a.fill ?? a.color, a.edge)
							: ''
					)
					.join('')
			: '';
		return path + dots;
	},
	points(a, X, Y) {
		const range = a.values ? valueRange(a) : null;
		return a.xs
			.map((x, n) => {
				if (!Number.isFinite(x) || !Number.isFinite(a.ys[n])) return '';
				const own = a.values
					? colorAt(a, a.values[n] ?? NaN, range)
					: Array.isArray(a.color)
						? a.color[n % a.color.length]
						: a.color;
				const area = Array.isArray(a.sizes) ? a.sizes[n % a.sizes.length] : a.sizes;
				return marker(
					a.marker,
					X(x),
					Y(a.ys[n]),
					Math.sqrt(Math.max(0, area)) * PT,
					own,
					a.edge,
					a.width
				);
			})
			.join('');
	},
	rects(a, X, Y) {
		return a.rects
			.map((r) => {
				const [x0, x1, y0, y1] = [X(r.x0), X(r.x1), Y(r.y0), Y(r.y1)];
				if (![x0, x1, y0, y1].every(Number.isFinite)) return '';
				const edge = r.edge ?? a.edge;
				return `<rect x="${num(Math.min(x0, x1))}" y="${num(Math.min(y0, y1))}" width="${num(Math.abs(x1 - x0))}" height="${num(Math.abs(y1 - y0))}" fill="${r.color}"${edge && a.width ? ` ${stroke(toColor(edge), r.width ?? a.width, '')}` : ''}${opacity(r.alpha)}/>`;
			})
			.join('');
	},
	shapes: (a, X, Y) =>
		a.shapes
			.map(
				(s) =>
					`<polygon points="${s.map(([x, y]) => `${num(X(x))},${num(Y(y))}`).join(' ')}" fill="${a.color}"${a.edge && a.width ? ` ${stroke(a.edge, a.width, '')}` : ''}/>`
			)
			.join(''),
	segments(a, X, Y) {
		const cap = (a.cap ?? 0) * PT;
		return a.segments
			.map(([x0, y0, x1, y1]) => {
				const [p, q, r, s] = [X(x0), Y(y0), X(x1), Y(y1)];
				if (![p, q, r, s].every(Number.isFinite)) return '';
				const ends =
					cap === 0
						? ''
						: x0 === x1
							? `M${num(p - cap)} ${num(q)}h${num(2 * cap)}M${num(r - cap)} ${num(s)}h${num(2 * cap)}`
							: `M${num(p)} ${num(q - cap)}v${num(2 * cap)}M${num(r)} ${num(s - cap)}v${num(2 * cap)}`;
				return `<path d="M${num(p)} ${num(q)}L${num(r)} ${num(s)}${ends}" fill="none" ${stroke(a.color, a.width, a.dash)}/>`;
			})
			.join('');
	},
	across(a, X, Y, box) {
		const at = a.values.map(a.direction === 'x' ? X : Y);
		if (at.length === 2) {
			const [low, high] = [Math.min(...at), Math.max(...at)];
			return a.direction === 'x'
				? `<rect x="${num(low)}" y="${num(box.top)}" width="${num(high - low)}" height="${num(box.height)}" fill="${a.color}"/>`
				: `<rect x="${num(box.left)}" y="${num(low)}" width="${num(box.width)}" height="${num(high - low)}" fill="${a.color}"/>`;
		}
		return a.direction === 'x'
			? `<path d="M${num(at[0])} ${num(box.top)}v${num(box.height)}" ${stroke(a.color, a.width, a.dash)}/>`
			: `<path d="M${num(box.left)} ${num(at[0])}h${num(box.width)}" ${stroke(a.color, a.width, a.dash)}/>`;
	},
	heat,
	boxes,
	pie,
	text: note
};

export function drawArtist(artist, X, Y, box) {
	const drawn = DRAW[artist.kind](artist, X, Y, box);
	return artist.alpha === undefined || artist.alpha === null || artist.alpha === 1
		? drawn
		: `<g fill-opacity="${num(artist.alpha)}" stroke-opacity="${num(artist.alpha)}">${drawn}</g>`;
}

// @ts-nocheck -- runs inside Deno, never in Node
// Artists as SVG, given the two scales of their axes.
import { mapColor, toColor } from './colors.js';
import { PT, textWidth } from './layout.js';

export const escape = (text) =>
	String(text)
		.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`)
		.replace(/[\p{Cc}\ufffe\uffff]/gu, '');
export const num = (v) => (Number.isFinite(v) ? String(Math.round(v * 100) / 100) : '0');
const SIZES = {
	'xx-small': 5.8,
	'x-small': 6.9,
	small: 8.3,
	medium: 10,
	large: 12,
	'x-large': 14.4,
	'xx-large': 17.3
};
export const fontSize = (given, fallback) =>
	(typeof given === 'number' ? given : (SIZES[given] ?? fallback)) * PT;
const stroke = (color, width, dash) =>
	`stroke="${color}" stroke-width="${num(width * PT * 0.8)}"${dash ? ` stroke-dasharray="${dash}"` : ''}`;
const opacity = (alpha) =>
	alpha === null || alpha === undefined || alpha === 1 ? '' : ` opacity="${num(alpha)}"`;

/** Text at a point; `ha`, `va` and rotation as matplotlib means them. Dollars of mathtext are dropped. */
export function text(
	x,
	y,
	value,
	{ size, color = '#222222', ha = 'center', va = 'baseline', rotation = 0, weight, alpha, italic }
) {
	const lines = String(value)
		.replace(/\$([^$]*)\$/g, (_, math) =>
			math.replace(/\\[a-z]+\{([^}]*)\}/g, '$1').replace(/[\\{}]/g, '')
		)
		.split('\n');
	const anchor = { left: 'start', center: 'middle', right: 'end' }[ha] ?? 'middle';
	const height = size * 1.2 * (lines.length - 1);
	const shift =
		{
			top: size * 0.78,
			center: size * 0.36 - height / 2,
			center_baseline: size * 0.36 - height / 2,
			bottom: -size * 0.22 - height,
			baseline: -height
		}[va] ?? 0;
	const turned = rotation ? ` transform="rotate(${num(-rotation)} ${num(x)} ${num(y)})"` : '';
	const bold = ['bold', 'semibold', 'heavy', 'black', 700, 600].includes(weight)
		? ' font-weight="bold"'
		: '';
	return lines
		.map(
			(line, n) =>
				`<text x="${num(x)}" y="${num(y + shift + n * size * 1.2)}" font-size="${num(size)}" fill="${color}" text-anchor="${anchor}"${bold}${italic ? ' font-style="italic"' : ''}${opacity(alpha)}${turned}>${escape(line)}</text>`
		)
		.join('');
}

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

export function valueRange(artist) {
	const all = (artist.kind === 'heat' ? artist.values.flat() : artist.values).filter(
		Number.isFinite
	);
	let [low, high] = [Infinity, -Infinity];
	for (const v of all) {
		if (v < low) low = v;
		if (v > high) high = v;
	}
	return [
		artist.vmin ?? (low === Infinity ? 0 : low),
		artist.vmax ?? (high === -Infinity ? 1 : high)
	];
}
export const colorAt = (artist, v, [low, high]) =>
	Number.isFinite(v) ? mapColor(artist.cmap, high > low ? (v - low) / (high - low) : 0.5) : 'none';

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
	heat(a, X, Y) {
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
	},
	boxes(a, X, Y) {
		const point = (along, value) =>
			a.upright ? `${num(X(along))} ${num(Y(value))}` : `${num(X(value))} ${num(Y(along))}`;
		return a.boxes
			.map((b) => {
				const [l, r, cl, cr] = [
					b.at - b.width / 2,
					b.at + b.width / 2,
					b.at - b.width / 4,
					b.at + b.width / 4
				];
				const box = `<path d="M${point(l, b.q1)}L${point(r, b.q1)}L${point(r, b.q3)}L${point(l, b.q3)}Z" fill="${b.color}" ${stroke(b.edge ?? a.edge, 1.2, '')}${opacity(b.alpha)}/>`;
				const whiskers = `<path d="M${point(b.at, b.q1)}L${point(b.at, b.low)}M${point(b.at, b.q3)}L${point(b.at, b.high)}M${point(cl, b.low)}L${point(cr, b.low)}M${point(cl, b.high)}L${point(cr, b.high)}" fill="none" ${stroke(a.edge, 1.2, '')}/>`;
				const median = `<path d="M${point(l, b.median)}L${point(r, b.median)}" ${stroke(a.medianColor, 2, '')}/>`;
				const dot = (v, kind, color) =>
					marker(
						kind,
						a.upright ? X(b.at) : X(v),
						a.upright ? Y(v) : Y(b.at),
						5 * PT,
						color,
						'#333333'
					);
				return (
					box +
					whiskers +
					median +
					b.outliers
						.slice(0, 2000)
						.map((v) => dot(v, 'o', 'none'))
						.join('') +
					(b.mean === null ? '' : dot(b.mean, '^', '#2ca02c'))
				);
			})
			.join('');
	},
	pie(a, X, Y) {
		const r = a.radius;
		const place = (t, radius, [cx, cy]) => [
			X(cx + radius * Math.cos(t * 2 * Math.PI)),
			Y(cy + radius * Math.sin(t * 2 * Math.PI))
		];
		return a.wedges
			.map((w) => {
				const middle = (w.from + w.to) / 2;
				const center = [
					w.explode * Math.cos(middle * 2 * Math.PI),
					w.explode * Math.sin(middle * 2 * Math.PI)
				];
				const [p, q] = [place(w.from, r, center), place(w.to, r, center)];
				const pixels = Math.abs(X(r) - X(0));
				const large = Math.abs(w.to - w.from) > 0.5 ? 1 : 0;
				const sweep = w.to > w.from ? 0 : 1;
				const inner = a.ring ? r - a.ring : 0;
				const innerPixels = Math.abs(X(inner) - X(0));
				const [s, t] = [place(w.to, inner, center), place(w.from, inner, center)];
				const c = place(0, 0, center);
				const path =
					w.share > 0.9999
						? `M${num(c[0] - pixels)} ${num(c[1])}a${num(pixels)} ${num(pixels)} 0 1 0 ${num(2 * pixels)} 0a${num(pixels)} ${num(pixels)} 0 1 0 ${num(-2 * pixels)} 0Z`
						: `M${num(p[0])} ${num(p[1])}A${num(pixels)} ${num(pixels)} 0 ${large} ${sweep} ${num(q[0])} ${num(q[1])}L${num(s[0])} ${num(s[1])}` +
							(inner
								? `A${num(innerPixels)} ${num(innerPixels)} 0 ${large} ${1 - sweep} ${num(t[0])} ${num(t[1])}`
								: '') +
							'Z';
				const [lx, ly] = place(middle, r * a.labeldistance, center);
				const [px, py] = place(middle, r * a.pctdistance, center);
				const size = fontSize(a.fontsize, 10);
				const ha = Math.cos(middle * 2 * Math.PI) >= 0 ? 'left' : 'right';
				return (
					`<path d="${path}" fill="${w.color}" ${stroke(a.edge, a.width, '')}/>` +
					(w.label === null
						? ''
						: text(lx, ly, w.label, { size, ha, va: 'center', color: a.textColor })) +
					(w.percent === null || w.share < 0.015
						? ''
						: text(px, py, w.percent, {
								size: size * 0.92,
								va: 'center',
								color: a.textColor ?? (inner || isDark(w.color) ? '#ffffff' : '#222222')
							}))
				);
			})
			.join('');
	},
	text(a, X, Y, box) {
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
};

function isDark(color) {
	const hex = /^#([0-9a-f]{6})$/i.exec(color)?.[1];
	if (!hex) return true;
	const [r, g, b] = [0, 2, 4].map((n) => parseInt(hex.slice(n, n + 2), 16));
	return 0.299 * r + 0.587 * g + 0.114 * b < 150;
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

export function drawArtist(artist, X, Y, box) {
	const drawn = DRAW[artist.kind](artist, X, Y, box);
	return artist.alpha === undefined || artist.alpha === null || artist.alpha === 1
		? drawn
		: `<g opacity="${num(artist.alpha)}">${drawn}</g>`;
}

// @ts-nocheck -- runs inside Deno, never in Node
// Text and numbers as SVG, and about how wide they are.

export const PT = 100 / 72;

const NARROW = /[iljtfrI.,:;|!'()[\]/ ]/;

const WIDE = /[mwMW@%—…]/;

/** About how wide a text is, in pixels. */
export function textWidth(text, size) {
	let em = 0;
	for (const c of text)
		em += NARROW.test(c)
			? 0.36
			: WIDE.test(c)
				? 0.93
				: c > '\u2e80'
					? 1
					: /[A-Z]/.test(c)
						? 0.68
						: 0.615;
	return em * size;
}

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

export const stroke = (color, width, dash) =>
	`stroke="${color}" stroke-width="${num(width * PT * 0.8)}"${dash ? ` stroke-dasharray="${dash}"` : ''}`;

export const opacity = (alpha) =>
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

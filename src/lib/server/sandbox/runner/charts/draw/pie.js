// @ts-nocheck -- runs inside Deno, never in Node
// Pies and rings as SVG.
import { fontSize, num, stroke, text } from './text.js';

function isDark(color) {
	const hex = /^#([0-9a-f]{6})$/i.exec(color)?.[1];
	if (!hex) return true;
	const [r, g, b] = [0, 2, 4].map((n) => parseInt(hex.slice(n, n + 2), 16));
	return 0.299 * r + 0.587 * g + 0.114 * b < 150;
}

export function pie(a, X, Y) {
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
}

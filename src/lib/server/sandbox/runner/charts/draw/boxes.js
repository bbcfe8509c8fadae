// @ts-nocheck -- runs inside Deno, never in Node
// Box plots as SVG.
import { marker } from './marker.js';
import { num, opacity, PT, stroke } from './text.js';

export function boxes(a, X, Y) {
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
}

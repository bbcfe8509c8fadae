// @ts-nocheck -- runs inside Deno, never in Node
// Grid, spines, ticks, labels and title of one axes.
import { toDash } from '../colors.js';
import { TICK } from './margins.js';
import { fontSize, num, text, textWidth } from './text.js';

const INK = '#333333';

export function gridSvg(axes, ticks, X, Y, box) {
	if (axes.off) return '';
	return ['x', 'y']
		.map((name) => {
			const look = axes.grid[name];
			if (!look) return '';
			const path = ticks[name]
				.map((t) =>
					name === 'x'
						? `M${num(X(t.at))} ${num(box.top)}v${num(box.height)}`
						: `M${num(box.left)} ${num(Y(t.at))}h${num(box.width)}`
				)
				.join('');
			return `<path d="${path}" stroke="${look.color ?? '#cccccc'}" stroke-width="${num((look.width ?? 0.8) * 1.1)}" stroke-opacity="${num(look.alpha ?? 1)}"${look.linestyle && toDash(look.linestyle) ? ` stroke-dasharray="${toDash(look.linestyle)}"` : ''} fill="none"/>`;
		})
		.join('');
}

export function frameSvg(axes, ticks, X, Y, box, detail, full) {
	const right = box.left + box.width;
	const bottom = box.top + box.height;
	const sides = {
		left: `M${num(box.left)} ${num(box.top)}V${num(bottom)}`,
		bottom: `M${num(box.left)} ${num(bottom)}H${num(right)}`,
		top: `M${num(box.left)} ${num(box.top)}H${num(right)}`,
		right: `M${num(right)} ${num(box.top)}V${num(bottom)}`
	};
	const twinSide = axes.twin?.side;
	const shown = (side) =>
		axes.spines[side]?.visible ??
		(twinSide === 'y'
			? side === 'right'
			: twinSide === 'x'
				? side === 'top'
				: full || side === 'left' || side === 'bottom');
	const spines = Object.keys(sides)
		.filter(shown)
		.map(
			(s) =>
				`<path d="${sides[s]}" stroke="${axes.spines[s]?.color ?? INK}" stroke-width="1" fill="none"/>`
		)
		.join('');
	const { rotation, size, xHeight, showX, showY } = detail;
	const yWidth = showY ? Math.max(0, ...ticks.y.map((t) => textWidth(t.label, size.y))) : 0;
	let out = spines;
	if (twinSide !== 'y') {
		const top = twinSide === 'x';
		const edge = top ? box.top : bottom;
		const sign = top ? -1 : 1;
		out += `<path d="${ticks.x.map((t) => `M${num(X(t.at))} ${num(edge)}v${num(TICK * sign)}`).join('')}" stroke="${INK}" stroke-width="1"/>`;
		const ha =
			axes.x.ha ?? (rotation === 0 || rotation === 90 ? 'center' : rotation > 0 ? 'right' : 'left');
		if (showX)
			for (const t of ticks.x)
				out +=
					rotation === 0
						? text(X(t.at), edge + (TICK + 3) * sign, t.label, {
								size: size.x,
								va: top ? 'bottom' : 'top',
								ha,
								color: axes.x.color ?? INK
							})
						: text(
								X(t.at) + (rotation === 90 ? size.x * 0.36 : size.x * 0.3),
								edge + TICK + 4 + (rotation === 90 ? 0 : size.x * 0.5),
								t.label,
								{ size: size.x, ha: 'right', rotation, color: axes.x.color ?? INK }
							);
		if (axes.x.label)
			out += text(
				box.left + box.width / 2,
				top ? box.top - TICK - 8 - xHeight : bottom + TICK + 7 + xHeight,
				axes.x.label,
				{
					size: fontSize(axes.x.labelSize, 10),
					va: top ? 'bottom' : 'top',
					color: axes.x.labelColor ?? '#222222'
				}
			);
	}
	if (twinSide !== 'x') {
		const edge = twinSide === 'y' ? right : box.left;
		const sign = twinSide === 'y' ? 1 : -1;
		out += `<path d="${ticks.y.map((t) => `M${num(edge)} ${num(Y(t.at))}h${num(TICK * sign)}`).join('')}" stroke="${INK}" stroke-width="1"/>`;
		if (showY)
			for (const t of ticks.y)
				out += text(edge + (TICK + 4) * sign, Y(t.at), t.label, {
					size: size.y,
					ha: sign > 0 ? 'left' : 'right',
					va: 'center',
					color: axes.y.color ?? INK
				});
		const labelSize = fontSize(axes.y.labelSize, 10);
		if (axes.y.label)
			out += text(
				edge +
					sign * (TICK + 10 + yWidth) +
					(sign > 0
						? labelSize
						: -labelSize * 0.2 - (axes.y.label.split('\n').length - 1) * labelSize * 1.2),
				box.top + box.height / 2,
				axes.y.label,
				{ size: labelSize, rotation: 90, color: axes.y.labelColor ?? '#222222' }
			);
	}
	return out;
}

export function titleSvg(axes, box) {
	if (!axes.title?.text) return '';
	const at =
		{ left: box.left, center: box.left + box.width / 2, right: box.left + box.width }[
			axes.title.loc
		] ?? box.left;
	return text(at, box.top - 7, axes.title.text, {
		size: fontSize(axes.title.fontsize, 12),
		ha: axes.title.loc,
		va: 'bottom',
		color: axes.title.color ?? '#222222',
		weight: axes.title.weight
	});
}

// @ts-nocheck -- runs inside Deno, never in Node
// A figure as an SVG document.
import { toColor } from '../colors.js';
import { axesSvg } from './axes.js';
import { marginsOf } from './margins.js';
import { fontSize, num, text } from './text.js';

export function figureSvg(figure) {
	const width = figure.figsize[0] * 100;
	const height = figure.figsize[1] * 100;
	const suptitleSize = fontSize(figure.suptitle?.fontsize, 14);
	const head = figure.suptitle
		? suptitleSize * 1.3 * String(figure.suptitle.t).split('\n').length + 10
		: 4;
	const cellWidth = (width - 12) / figure.columns;
	const cellHeight = (height - head - 8) / figure.rows;
	const all = figure.axes;
	const margins = new Map(
		all.map((a) => [
			a,
			marginsOf(a, all, cellWidth * a.place.columns * 0.8, cellHeight * a.place.rows * 0.75)
		])
	);
	const most = (test, side) => Math.max(0, ...all.filter(test).map((a) => margins.get(a)[side]));
	const boxOf = (axes) => {
		const { row, column, rows, columns } = axes.place;
		const left = 6 + column * cellWidth + most((a) => a.place.column === column, 'left') + 4;
		const right =
			6 +
			(column + columns) * cellWidth -
			most((a) => a.place.column + a.place.columns === column + columns, 'right') -
			4;
		const top = head + row * cellHeight + most((a) => a.place.row === row, 'top') + 2;
		const bottom =
			head +
			(row + rows) * cellHeight -
			most((a) => a.place.row + a.place.rows === row + rows, 'bottom') -
			4;
		return { left, top, width: Math.max(20, right - left), height: Math.max(20, bottom - top) };
	};
	const parts = all.map((axes) => axesSvg(axes, all, boxOf(axes), margins.get(axes).detail));
	const title = figure.suptitle
		? text(width / 2, 8, figure.suptitle.t, {
				size: suptitleSize,
				va: 'top',
				weight: figure.suptitle.fontweight,
				color: toColor(figure.suptitle.color) ?? '#222222'
			})
		: '';
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${num(width)}" height="${num(height)}" viewBox="0 0 ${num(width)} ${num(height)}" font-family="DejaVu Sans, Verdana, sans-serif"><rect width="100%" height="100%" fill="${toColor(figure.facecolor)}"/>${title}${parts.join('')}</svg>`;
}

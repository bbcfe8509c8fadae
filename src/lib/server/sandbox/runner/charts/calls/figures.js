// @ts-nocheck -- runs inside Deno, never in Node
// Figures and axes as data: what exists, and which one is current.
import { fail } from '../colors.js';

function axis() {
	return {
		scale: 'linear',
		low: null,
		high: null,
		ticks: null,
		labels: null,
		rotation: null,
		fontsize: null,
		ha: null,
		label: '',
		labelSize: null,
		labelColor: null,
		time: false,
		categories: null,
		inverted: false,
		format: null,
		margin: null,
		plain: false,
		locator: null,
		marks: true,
		hidden: false,
		color: null
	};
}

export function createFigures() {
	let nextId = 1;
	const figures = new Map();
	const axesById = new Map();
	const artists = new Map();
	let current = null;
	const style = {
		figsize: [6.4, 4.8],
		dpi: 150,
		grid: false,
		facecolor: 'white',
		ground: null,
		spines: {}
	};

	function newFigure({ figsize, dpi, facecolor } = {}) {
		current = {
			id: nextId++,
			figsize: figsize ?? style.figsize,
			dpi: dpi ?? style.dpi,
			facecolor: facecolor ?? style.facecolor,
			axes: [],
			suptitle: null,
			current: null,
			rows: 1,
			columns: 1
		};
		figures.set(current.id, current);
		return current;
	}
	function newAxes(figure, place, extra = {}) {
		const axes = {
			id: nextId++,
			figure,
			place,
			x: axis(),
			y: axis(),
			artists: [],
			cycle: 0,
			areas: 0,
			title: null,
			legend: null,
			grid: { x: style.grid, y: style.grid },
			twin: null,
			off: false,
			equal: false,
			colorbar: null,
			spines: { ...style.spines },
			facecolor: style.ground,
			share: {},
			...extra
		};
		axes.add = (artist) => {
			artist.id = nextId++;
			artist.axes = axes;
			axes.artists.push(artist);
			artists.set(artist.id, artist);
			return artist;
		};
		figure.axes.push(axes);
		figure.current = axes;
		axesById.set(axes.id, axes);
		return axes;
	}
	const gcf = () => current ?? newFigure();
	const gca = (figure = gcf()) =>
		figure.current ?? newAxes(figure, { row: 0, column: 0, rows: 1, columns: 1 });

	function grid(figure, rows, columns, { sharex, sharey } = {}) {
		figure.rows = rows;
		figure.columns = columns;
		const made = [];
		for (let row = 0; row < rows; row++)
			for (let column = 0; column < columns; column++) {
				const axes = newAxes(figure, { row, column, rows: 1, columns: 1 });
				const first = (mode, same) =>
					mode &&
					mode !== 'none' &&
					made.find((m) => mode === true || mode === 'all' || m.place[same] === axes.place[same]);
				axes.share = {
					x: first(sharex, 'column') || null,
					y: first(sharey, 'row') || null,
					labelsX: sharex ? row === rows - 1 : true,
					labelsY: sharey ? column === 0 : true
				};
				made.push(axes);
			}
		figure.current = made[0];
		return made;
	}
	function subplot(figure, { a = 1, b, c, ...rest }) {
		const [rows, columns, at] =
			b === undefined ? [Math.floor(a / 100), Math.floor(a / 10) % 10, a % 10] : [a, b, c];
		if (!(rows >= 1 && columns >= 1))
			return ref(newAxes(figure, { row: 0, column: 0, rows: 1, columns: 1 }));
		const [from, to] = Array.isArray(at) ? at : [at, at];
		if (!(from >= 1 && to <= rows * columns))
			throw fail('ValueError', `subplot number must be 1 to ${rows * columns}`);
		const row = Math.floor((from - 1) / columns);
		const column = (from - 1) % columns;
		const place = {
			row,
			column,
			rows: Math.floor((to - 1) / columns) - row + 1,
			columns: ((to - 1) % columns) - column + 1
		};
		figure.rows = rows;
		figure.columns = columns;
		const same = figure.axes.find(
			(x) =>
				!x.twin &&
				x.place.row === row &&
				x.place.column === column &&
				x.place.rows === place.rows &&
				x.place.columns === place.columns
		);
		if (same) figure.current = same;
		const axes = same ?? newAxes(figure, place);
		if (rest.sharex) axes.share.x = rest.sharex;
		if (rest.sharey) axes.share.y = rest.sharey;
		return ref(axes);
	}

	const ref = (thing) =>
		thing.artists ? { $axes: thing.id } : { $figure: thing.id, axes: thing.axes.map((a) => a.id) };
	function revive(value) {
		if (Array.isArray(value)) return value.map(revive);
		if (value === null || typeof value !== 'object') return value;
		if ('$axes' in value) return axesById.get(value.$axes);
		if ('$figure' in value) return figures.get(value.$figure);
		if ('$artist' in value) return artists.get(value.$artist);
		if ('$t' in value) return value;
		return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, revive(v)]));
	}
	/** twinx and twiny need to make axes, so they live here. */
	function twin(axes, side) {
		const other = side === 'y' ? 'x' : 'y';
		const made = newAxes(axes.figure, axes.place, {
			twin: { of: axes, side },
			cycle: axes.cycle,
			areas: axes.areas
		});
		made.share = { [other]: axes };
		made[other] = axes[other];
		return ref(made);
	}

	return {
		style,
		newFigure,
		gcf,
		gca,
		grid,
		subplot,
		twin,
		ref,
		revive,
		find: (id) => figures.get(id) ?? gcf(),
		select: (axes) => void ((current = axes.figure).current = axes),
		clear: (figure) => void Object.assign(figure, { axes: [], current: null, suptitle: null }),
		close(figure) {
			if (figure === 'all') figures.clear();
			const gone = figure && typeof figure === 'object' ? figure : current;
			if (gone) figures.delete(gone.id);
			if (figure === 'all' || gone === current) current = [...figures.values()].at(-1) ?? null;
		}
	};
}

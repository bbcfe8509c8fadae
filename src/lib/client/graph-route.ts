/** A stretch of a column that a line crosses, above, between or below the agents there. */
export interface Lane {
	x1: number;
	x2: number;
	y: number;
}

/** How the line of a dependency runs: by lanes through columns, or straight with one bend. */
export type Route =
	| { kind: 'lanes'; lanes: readonly Lane[] }
	/** Near which end it leaves its height: lines that share an end share the way. */
	| { kind: 'direct'; bend: 'source' | 'target' | 'middle' };

export function laneRoute(lanes: readonly Lane[]): Route {
	return { kind: 'lanes', lanes };
}

/** The lanes of a route; none where it runs straight. */
export function lanesOf(route: Route): readonly Lane[] {
	return route.kind === 'lanes' ? route.lanes : [];
}

export function directRoute(bend: 'source' | 'target' | 'middle'): Route {
	return { kind: 'direct', bend };
}

export interface Line {
	/** An SVG path. */
	path: string;
	/** Where something can be written on it. */
	labelX: number;
	labelY: number;
}

interface Point {
	x: number;
	y: number;
}

/** How long a bend near one end is. */
const BEND = 24;

/** The line of a route between the right side of one agent and the left side of another. */
export function lineOf(route: Route, from: Point, to: Point): Line {
	if (route.kind === 'direct' && route.bend !== 'middle') {
		const bend = Math.min(BEND, Math.max(8, to.x - from.x));
		const [a, b] =
			route.bend === 'source'
				? [from, { x: from.x + bend, y: to.y }]
				: [{ x: to.x - bend, y: from.y }, to];
		const path = `M${from.x} ${from.y}L${a.x} ${a.y}${curve(a, b)}L${to.x} ${to.y}`;
		return { path, labelX: (a.x + b.x) / 2, labelY: (a.y + b.y) / 2 };
	}
	let at = from;
	let path = `M${from.x} ${from.y}`;
	for (const lane of lanesOf(route)) {
		path += `${curve(at, { x: lane.x1, y: lane.y })}L${lane.x2} ${lane.y}`;
		at = { x: lane.x2, y: lane.y };
	}
	return { path: path + curve(at, to), labelX: (at.x + to.x) / 2, labelY: (at.y + to.y) / 2 };
}

function curve(a: Point, b: Point): string {
	const middle = (a.x + b.x) / 2;
	return `C${middle} ${a.y} ${middle} ${b.y} ${b.x} ${b.y}`;
}

import { Graph, layout } from '@dagrejs/dagre';
import { edgeId, edgesOf } from './graph-edges';
import type { GraphNode } from './levels';
import { directRoute, laneRoute, type Route } from './graph-route';

/** Pixels, of an agent and between agents. */
export interface GraphSize {
	width: number;
	height: number;
	gapX: number;
	gapY: number;
	/** Agents above each other; more that could work side by side take several columns. */
	rows: number;
}

/** The size of an agent with all that is known of it, and of one in a big graph. */
export const FULL: GraphSize = { width: 216, height: 112, gapX: 60, gapY: 20, rows: 8 };
export const COMPACT: GraphSize = { width: 176, height: 36, gapX: 48, gapY: 6, rows: 12 };
/** From this many agents on a graph is big. */
export const MANY = 13;

export function sizeFor(agents: number): GraphSize {
	return agents < MANY ? FULL : COMPACT;
}

/** Where an agent stands: its upper left corner, and the column, counted from 0. */
export interface Spot {
	x: number;
	y: number;
	column: number;
}

export interface GraphLayout {
	size: GraphSize;
	spots: ReadonlyMap<string, Spot>;
	/** By `edgeId`: how the line of a dependency runs. */
	routes: ReadonlyMap<string, Route>;
	/** The left edge of each column. */
	columns: readonly number[];
}

/**
 * Agents from left to right, each right of all it waits for, so that few lines cross. A new layout
 * for a graph that is seen for the first time; `extendLayout` goes on from one. Unknown dependencies
 * count for nothing. Expects topological order.
 */
export function layoutGraph(nodes: readonly GraphNode[], size: GraphSize): GraphLayout {
	const drawn = draw(nodes, size);
	// Each rank in the order of the workflow.
	const ranks = [...Map.groupBy(nodes, (n) => Math.round(drawn.node(n.agent_id).x)).entries()]
		.toSorted(([a], [b]) => a - b)
		.map(([, rank]) => rank);
	if (ranks.some((rank) => rank.length > size.rows)) return wrapped(nodes, ranks, size);

	const up = upright(ranks, (id) => drawn.node(id).y);
	const columns = ranks.map((_, i) => i * (size.width + size.gapX));
	const spots = new Map<string, Spot>();
	ranks.forEach((rank, column) => {
		for (const { agent_id } of rank) {
			const y = Math.round(up * drawn.node(agent_id).y - size.height / 2);
			spots.set(agent_id, { x: columns[column] ?? 0, y, column });
		}
	});
	const routes = new Map<string, Route>();
	for (const [from, to] of edgesOf(nodes)) {
		const points: { x: number; y: number }[] = drawn.edge(from, to).points ?? [];
		const [a, b] = [spots.get(from), spots.get(to)];
		if (!a || !b) continue;
		const between = columns.slice(a.column + 1, b.column);
		const lanes = between.flatMap((x) => {
			const point = points.find((p) => Math.abs(p.x - (x + size.width / 2)) < 2);
			return point ? [{ x1: x, x2: x + size.width, y: Math.round(up * point.y) }] : [];
		});
		routes.set(edgeId(from, to), laneRoute(lanes));
	}
	return { size, spots, routes, columns };
}

function draw(nodes: readonly GraphNode[], size: GraphSize) {
	const graph = new Graph();
	graph.setGraph({ rankdir: 'LR', nodesep: size.gapY, ranksep: size.gapX, edgesep: 14 });
	graph.setDefaultEdgeLabel(() => ({}));
	for (const { agent_id } of nodes)
		graph.setNode(agent_id, { width: size.width, height: size.height });
	for (const [from, to] of edgesOf(nodes)) graph.setEdge(from, to);
	layout(graph);
	return graph;
}

/** 1, or -1 where the drawing has the workflow's first agents at the bottom: then it is turned over. */
function upright(ranks: readonly GraphNode[][], yOf: (id: string) => number): 1 | -1 {
	let falls = 0;
	for (const rank of ranks)
		rank.forEach(({ agent_id }, i) => {
			const next = rank[i + 1];
			if (next) falls += Math.sign(yOf(next.agent_id) - yOf(agent_id));
		});
	return falls < 0 ? -1 : 1;
}

/** Where more can work side by side than fit above each other: blocks of columns, all centred. */
function wrapped(
	nodes: readonly GraphNode[],
	ranks: readonly GraphNode[][],
	size: GraphSize
): GraphLayout {
	const pitch = size.height + size.gapY;
	const spots = new Map<string, Spot>();
	const wide = new Set<string>();
	const columns: number[] = [];
	let x = 0;
	for (const rank of ranks) {
		const count = Math.ceil(rank.length / size.rows);
		const perColumn = Math.ceil(rank.length / count);
		const first = columns.length;
		for (let i = 0; i < count; i++) columns.push(x + i * (size.width + size.gapX / 2));
		rank.forEach(({ agent_id }, i) => {
			const column = first + Math.floor(i / perColumn);
			const y = ((i % perColumn) - (perColumn - 1) / 2) * pitch - size.height / 2;
			spots.set(agent_id, { x: columns[column] ?? 0, y: Math.round(y), column });
			if (count > 1) wide.add(agent_id);
		});
		x = (columns.at(-1) ?? 0) + size.width + size.gapX;
	}
	const routes = new Map<string, Route>();
	for (const [from, to] of edgesOf(nodes))
		routes.set(
			edgeId(from, to),
			directRoute(wide.has(to) ? 'target' : wide.has(from) ? 'source' : 'middle')
		);
	return { size, spots, routes, columns };
}

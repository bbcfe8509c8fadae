import type { GraphNode } from './levels';
import { edgeId, edgesOf } from './graph-edges';
import { layoutGraph, type GraphLayout, type GraphSize, type Spot } from './graph-layout';
import { laneRoute, type Route } from './graph-route';

/** Room that a line takes where it passes between agents. */
const LANE = 16;

/** What stands in a column: from `y` on, `height` pixels. */
interface Taken {
	y: number;
	height: number;
}

/**
 * The layout of a graph that has changed, so that who looks at it still finds everything: agents that
 * were there keep their place and move right only when something now stands before them; new agents
 * take the free place nearest to those they wait for, or to who added them. Begins anew when nothing
 * was kept or agents are drawn in another size.
 */
export function extendLayout(
	before: GraphLayout | null,
	nodes: readonly (GraphNode & { delegated_by?: string | undefined })[],
	size: GraphSize
): GraphLayout {
	const known = before?.spots;
	if (!before || !known || before.size !== size || !nodes.some((n) => known.has(n.agent_id)))
		return layoutGraph(nodes, size);

	const columnOf = columnsFor(nodes, known);
	const columns = [...before.columns];
	const taken = new Map<number, Taken[]>();
	const spots = new Map<string, Spot>();
	const put = (id: string, wanted: number) => {
		const column = columnOf.get(id) ?? 0;
		while (columns.length <= column) columns.push((columns.at(-1) ?? 0) + size.width + size.gapX);
		const others = taken.get(column) ?? [];
		const y = freeNear(wanted, size.height, others, size.gapY);
		taken.set(column, [...others, { y, height: size.height }]);
		spots.set(id, { x: columns[column] ?? 0, y, column });
	};
	const kept = nodes.filter((n) => known.has(n.agent_id));
	const moved = (n: GraphNode) => known.get(n.agent_id)?.column !== columnOf.get(n.agent_id);
	// Whoever stays is placed first, so that nobody else takes the place.
	for (const n of [...kept.filter((n) => !moved(n)), ...kept.filter(moved)])
		put(n.agent_id, known.get(n.agent_id)?.y ?? 0);
	for (const n of nodes) if (!known.has(n.agent_id)) put(n.agent_id, wantedY(n, spots));

	const routes = new Map<string, Route>();
	for (const [from, to] of edgesOf(nodes)) {
		const old = before.routes.get(edgeId(from, to));
		const stays = [from, to].every((id) => known.get(id)?.column === columnOf.get(id));
		routes.set(
			edgeId(from, to),
			old && stays ? old : newRoute(spots.get(from), spots.get(to), { columns, taken, size })
		);
	}
	return { size, spots, routes, columns };
}

function columnsFor(nodes: readonly GraphNode[], known: ReadonlyMap<string, Spot>) {
	const columns = new Map<string, number>();
	for (const { agent_id, depends_on } of nodes) {
		const behind = depends_on.flatMap((id) => columns.get(id) ?? []).map((column) => column + 1);
		columns.set(agent_id, Math.max(known.get(agent_id)?.column ?? 0, 0, ...behind));
	}
	return columns;
}

function wantedY(
	node: GraphNode & { delegated_by?: string | undefined },
	spots: ReadonlyMap<string, Spot>
): number {
	const near = [...node.depends_on, node.delegated_by ?? ''].flatMap((id) => spots.get(id) ?? []);
	return near.reduce((sum, spot) => sum + spot.y, 0) / Math.max(1, near.length);
}

/** The place nearest to the wanted one that touches nobody; below rather than above. */
function freeNear(wanted: number, height: number, others: readonly Taken[], gap: number): number {
	const isFree = (y: number) =>
		others.every((o) => y + height + gap <= o.y || o.y + o.height + gap <= y);
	const candidates = [
		wanted,
		...others.flatMap((o) => [o.y + o.height + gap, o.y - height - gap])
	].filter(isFree);
	const distance = (y: number) => Math.abs(y - wanted);
	return Math.round(candidates.toSorted((a, b) => distance(a) - distance(b))[0] ?? wanted);
}

function newRoute(
	from: Spot | undefined,
	to: Spot | undefined,
	stage: { columns: readonly number[]; taken: ReadonlyMap<number, Taken[]>; size: GraphSize }
): Route {
	if (!from || !to) return laneRoute([]);
	const { columns, taken, size } = stage;
	let y = from.y + size.height / 2;
	const lanes = columns.slice(from.column + 1, to.column).map((x, i) => {
		const others = taken.get(from.column + 1 + i) ?? [];
		y = freeNear(y - LANE / 2, LANE, others, 0) + LANE / 2;
		return { x1: x, x2: x + size.width, y };
	});
	return laneRoute(lanes);
}

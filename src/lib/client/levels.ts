/** What the layout needs of an agent. */
export interface GraphNode {
	agent_id: string;
	depends_on: readonly string[];
}

/**
 * Agents in columns: column n holds those whose longest chain of dependencies has n links. Within a
 * column they stand near the agents they wait for, so that few lines cross. Unknown dependencies
 * count for nothing. Expects topological order.
 */
export function levelsOf<T extends GraphNode>(nodes: readonly T[]): T[][] {
	const depth = new Map<string, number>();
	const levels: T[][] = [];
	for (const node of nodes) {
		const before = node.depends_on.flatMap((id) => depth.get(id) ?? []);
		const level = before.length === 0 ? 0 : Math.max(...before) + 1;
		depth.set(node.agent_id, level);
		(levels[level] ??= []).push(node);
	}
	const place = new Map<string, number>();
	return levels.map((level, n) => {
		const weight = (node: T) => {
			const places = node.depends_on.flatMap((id) => place.get(id) ?? []);
			return places.reduce((sum, p) => sum + p, 0) / Math.max(1, places.length);
		};
		const sorted = n === 0 ? level : level.toSorted((a, b) => weight(a) - weight(b));
		sorted.forEach((node, i) => place.set(node.agent_id, (i + 0.5) / sorted.length));
		return sorted;
	});
}

/** Pixels. */
export interface CardSize {
	width: number;
	height: number;
	gapX: number;
	gapY: number;
}

export interface StageLayout<T> {
	width: number;
	height: number;
	/** In the order of `nodes`; `x`, `y` is the card's upper left corner. */
	cards: { node: T; x: number; y: number }[];
	/** SVG paths, one for each dependency. */
	edges: { from: string; to: string; path: string }[];
}

/** Where each card stands and how the lines between them run; columns are centred on each other. */
export function layoutOf<T extends GraphNode>(nodes: readonly T[], size: CardSize): StageLayout<T> {
	const levels = levelsOf(nodes);
	const heightOf = (count: number) => count * (size.height + size.gapY) - size.gapY;
	const height = Math.max(0, ...levels.map((level) => heightOf(level.length)));
	const corners = new Map<string, { x: number; y: number }>();
	levels.forEach((level, n) => {
		const top = (height - heightOf(level.length)) / 2;
		level.forEach((node, i) => {
			corners.set(node.agent_id, {
				x: n * (size.width + size.gapX),
				y: top + i * (size.height + size.gapY)
			});
		});
	});
	return {
		width: Math.max(0, levels.length * (size.width + size.gapX) - size.gapX),
		height,
		cards: nodes.map((node) => ({ node, ...(corners.get(node.agent_id) ?? { x: 0, y: 0 }) })),
		edges: nodes.flatMap((node) =>
			node.depends_on.flatMap((from) => {
				const a = corners.get(from);
				const b = corners.get(node.agent_id);
				return a && b ? [{ from, to: node.agent_id, path: curve(a, b, size) }] : [];
			})
		)
	};
}

function curve(from: { x: number; y: number }, to: { x: number; y: number }, size: CardSize) {
	const x1 = from.x + size.width;
	const y1 = from.y + size.height / 2;
	const y2 = to.y + size.height / 2;
	const middle = to.x - size.gapX / 2;
	const straight = to.x - size.gapX;
	return `M${x1} ${y1}H${straight}C${middle} ${y1} ${middle} ${y2} ${to.x} ${y2}`;
}

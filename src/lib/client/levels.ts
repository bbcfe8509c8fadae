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

export interface StageSize {
	/** Pixels, of a card and between cards. */
	width: number;
	height: number;
	gapX: number;
	gapY: number;
	/** Cards above each other; a level of more takes several columns. */
	rows: number;
}

export interface StageLayout<T> {
	width: number;
	height: number;
	/** In the order of `nodes`; `x`, `y` is the card's upper left corner. */
	cards: { node: T; x: number; y: number }[];
	/** SVG paths: one for each dependency, or one from level to level where cards are too many. */
	edges: { from: string; to: string; path: string }[];
}

interface Box {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** Where each card stands and how the lines between them run; levels are centred on each other. */
export function layoutOf<T extends GraphNode>(
	nodes: readonly T[],
	size: StageSize
): StageLayout<T> {
	const levels = levelsOf(nodes);
	const tallest = Math.min(size.rows, Math.max(0, ...levels.map((level) => level.length)));
	const height = stretch(tallest, size.height, size.gapY);
	const boxes = new Map<string, Box>();
	const blocks: Box[] = [];
	let x = 0;
	for (const level of levels) {
		const columns = Math.ceil(level.length / size.rows);
		const perColumn = Math.ceil(level.length / columns);
		const block = {
			x,
			y: (height - stretch(perColumn, size.height, size.gapY)) / 2,
			width: stretch(columns, size.width, size.gapY),
			height: stretch(perColumn, size.height, size.gapY)
		};
		level.forEach((node, i) => {
			boxes.set(node.agent_id, {
				x: x + Math.floor(i / perColumn) * (size.width + size.gapY),
				y: block.y + (i % perColumn) * (size.height + size.gapY),
				width: size.width,
				height: size.height
			});
		});
		blocks.push(block);
		x += block.width + size.gapX;
	}
	const wrapped = levels.some((level) => level.length > size.rows);
	return {
		width: Math.max(0, x - size.gapX),
		height,
		cards: nodes.map((node) => {
			const box = boxes.get(node.agent_id);
			return { node, x: box?.x ?? 0, y: box?.y ?? 0 };
		}),
		edges: wrapped ? between(blocks, size.gapX) : dependencies(nodes, boxes, size.gapX)
	};
}

function stretch(count: number, length: number, gap: number): number {
	return Math.max(0, count * (length + gap) - gap);
}

function dependencies(nodes: readonly GraphNode[], boxes: Map<string, Box>, gap: number) {
	return nodes.flatMap((node) =>
		node.depends_on.flatMap((from) => {
			const a = boxes.get(from);
			const b = boxes.get(node.agent_id);
			return a && b ? [{ from, to: node.agent_id, path: curve(a, b, gap) }] : [];
		})
	);
}

function between(blocks: readonly Box[], gap: number) {
	return blocks.slice(1).flatMap((to, i) => {
		const from = blocks[i];
		return from ? [{ from: `level ${i}`, to: `level ${i + 1}`, path: curve(from, to, gap) }] : [];
	});
}

function curve(from: Box, to: Box, gap: number): string {
	const y1 = from.y + from.height / 2;
	const y2 = to.y + to.height / 2;
	const bend = to.x - gap;
	const middle = to.x - gap / 2;
	return `M${from.x + from.width} ${y1}H${bend}C${middle} ${y1} ${middle} ${y2} ${to.x} ${y2}`;
}

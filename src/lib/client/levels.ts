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

/** How high a stage is that shows a workflow. */
export type Tier = 'low' | 'middle' | 'tall';

/** By how many agents stand above each other; a long chain gets room for its small map. */
export function tierOf(nodes: readonly GraphNode[]): Tier {
	const widest = Math.max(0, ...levelsOf(nodes).map((level) => level.length));
	if (widest > 2) return 'tall';
	return widest > 1 || nodes.length > 4 ? 'middle' : 'low';
}

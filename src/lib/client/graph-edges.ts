import type { GraphNode } from './levels';

/** Names the dependency of one agent on another. */
export function edgeId(from: string, to: string): string {
	return `${from} → ${to}`;
}

/** Every dependency of an agent that is there, as `[from, to]`. */
export function edgesOf(nodes: readonly GraphNode[]): [string, string][] {
	const known = new Set(nodes.map(({ agent_id }) => agent_id));
	return nodes.flatMap(({ agent_id, depends_on }) =>
		[...new Set(depends_on)]
			.filter((from) => known.has(from) && from !== agent_id)
			.map((from): [string, string] => [from, agent_id])
	);
}

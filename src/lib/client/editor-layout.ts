import dagre from '@dagrejs/dagre';
import { pointOf, type Point } from './workflow-edit';
import { idsIn, type DraftAgent } from './workflow-form';

/** Pixels, of an agent's card on the canvas of the editor. */
export const CARD = { width: 208, height: 84 };

/**
 * Where agents stand on the canvas: where they were put when all of them were, else from left to
 * right after whom they wait for. Circles and unknown names do no harm.
 */
export function placesOf(agents: readonly DraftAgent[]): Point[] {
	const put = agents.map(pointOf);
	if (put.every((point) => point !== null)) return put;
	const graph = new dagre.graphlib.Graph();
	graph.setGraph({ rankdir: 'LR', nodesep: 28, ranksep: 88 });
	graph.setDefaultEdgeLabel(() => ({}));
	agents.forEach((_, n) => graph.setNode(String(n), { ...CARD }));
	agents.forEach(({ depends_on }, to) => {
		for (const id of idsIn(depends_on)) {
			const from = agents.findIndex((agent) => agent.id === id);
			if (from >= 0 && from !== to) graph.setEdge(String(from), String(to));
		}
	});
	dagre.layout(graph);
	return agents.map((_, n) => {
		const { x, y } = graph.node(String(n));
		return { x: x - CARD.width / 2, y: y - CARD.height / 2 };
	});
}

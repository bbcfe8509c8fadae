import { layoutGraph, type GraphSize } from './graph-layout';
import { pointOf, type Point } from './workflow-edit';
import { idsIn, type DraftAgent } from './workflow-form';

/** Pixels, of an agent's card on the canvas of the editor. */
export const CARD = { width: 208, height: 84 };
/** How all of them are brought into sight. */
export const FIT = { maxZoom: 1, padding: 0.15 };
const SIZE: GraphSize = { ...CARD, gapX: 88, gapY: 28, rows: 8 };

/**
 * Where agents stand on the canvas: where they were put when all of them were, else as the stage shows
 * them. Circles, unknown names and names that are there twice do no harm.
 */
export function placesOf(agents: readonly DraftAgent[]): Point[] {
	const put = agents.map(pointOf);
	if (put.every((point) => point !== null)) return put;
	const nameOf = (id: string) => String(agents.findIndex((agent) => agent.id === id));
	const nodes = agents.map(({ depends_on }, n) => ({
		agent_id: String(n),
		depends_on: idsIn(depends_on).map(nameOf)
	}));
	const { spots } = layoutGraph(nodes, SIZE);
	return agents.map((_, n) => {
		const spot = spots.get(String(n));
		return { x: spot?.x ?? 0, y: spot?.y ?? 0 };
	});
}

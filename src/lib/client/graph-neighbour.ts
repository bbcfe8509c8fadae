import type { Spot } from './graph-layout';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The agent that one comes to from another by an arrow key, or null at the edge. */
export function neighbourOf(
	spots: ReadonlyMap<string, Spot>,
	id: string,
	direction: Direction
): string | null {
	const here = spots.get(id);
	if (!here) return null;
	const sideways = direction === 'left' || direction === 'right';
	const sign = direction === 'left' || direction === 'up' ? -1 : 1;
	let best: string | null = null;
	let least = Infinity;
	for (const [other, spot] of spots) {
		const along = (sideways ? spot.column - here.column : spot.y - here.y) * sign;
		if (along <= 0 || (!sideways && spot.column !== here.column)) continue;
		// The next column first, whatever its height.
		const distance = sideways ? along * 1e6 + Math.abs(spot.y - here.y) : along;
		if (distance < least) [best, least] = [other, distance];
	}
	return best;
}

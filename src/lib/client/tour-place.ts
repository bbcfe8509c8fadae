export interface Box {
	left: number;
	top: number;
	width: number;
	height: number;
}

const GAP = 12;
const MARGIN = 8;

/**
 * Where a card goes so that it is beside what it speaks about and whole on the screen. Where there is
 * no room beside it, the card lies over its middle. All in CSS pixels of the viewport.
 */
export function placeBeside(
	anchor: Box,
	card: { width: number; height: number },
	screen: { width: number; height: number }
): { left: number; top: number } {
	const right = anchor.left + anchor.width;
	const bottom = anchor.top + anchor.height;
	// At its foot: what unfolds from there is worked with from its top.
	const low = bottom - card.height;
	const beside = [
		{ left: right + GAP, top: low },
		{ left: anchor.left - GAP - card.width, top: low }
	];
	const over = [
		{ left: anchor.left, top: bottom + GAP },
		{ left: anchor.left, top: anchor.top - GAP - card.height }
	];
	const x = (left: number) => between(left, MARGIN, screen.width - card.width - MARGIN);
	const y = (top: number) => between(top, MARGIN, screen.height - card.height - MARGIN);
	for (const side of anchor.height > anchor.width ? ['x', 'y'] : ['y', 'x']) {
		const found =
			side === 'x'
				? beside.find(({ left }) => x(left) === left)
				: over.find(({ top }) => y(top) === top);
		if (found) return { left: x(found.left), top: y(found.top) };
	}
	return {
		left: x(anchor.left + (anchor.width - card.width) / 2),
		top: y(anchor.top + (anchor.height - card.height) / 2)
	};
}

function between(value: number, least: number, most: number): number {
	return Math.max(least, Math.min(value, most));
}

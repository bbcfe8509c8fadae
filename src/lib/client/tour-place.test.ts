import { describe, expect, it } from 'vitest';
import { placeBeside } from './tour-place';

const CARD = { width: 300, height: 150 };
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 360, height: 740 };

describe('the card of the tour', () => {
	it('is at the foot of what is tall, below what is wide', () => {
		expect(placeBeside({ left: 0, top: 0, width: 48, height: 900 }, CARD, WIDE)).toEqual({
			left: 60,
			top: 742
		});
		expect(placeBeside({ left: 0, top: 0, width: 360, height: 44 }, CARD, PHONE)).toEqual({
			left: 8,
			top: 56
		});
	});

	it('is above what is at the bottom, and never beyond an edge', () => {
		const run = { left: 1100, top: 850, width: 112, height: 36 };
		expect(placeBeside(run, CARD, WIDE)).toEqual({ left: 1100, top: 688 });
		expect(placeBeside({ ...run, left: 1400 }, CARD, WIDE).left).toBe(1132);
	});

	it('lies over the middle of what leaves no room', () => {
		expect(placeBeside({ left: 0, top: 40, width: 360, height: 660 }, CARD, PHONE)).toEqual({
			left: 30,
			top: 295
		});
	});
});

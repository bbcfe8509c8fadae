import { describe, expect, it } from 'vitest';
import {
	boundsOf,
	cameraFor,
	cameraOn,
	cameraWith,
	growthAt,
	isReadableWhole,
	READABLE
} from './graph-camera';
import { edgeId } from './graph-edges';
import { COMPACT, FULL, layoutGraph } from './graph-layout';
import { directRoute, lanesOf } from './graph-route';

const screen = { width: 1000, height: 350 };
const node = (agent_id: string, ...depends_on: string[]) => ({ agent_id, depends_on });
const small = layoutGraph([node('a'), node('b', 'a'), node('c', 'a')], FULL);
const chain = layoutGraph(
	Array.from({ length: 60 }, (_, i) => node(`c${i}`, ...(i ? [`c${i - 1}`] : []))),
	COMPACT
);
const wide = layoutGraph(
	[node('root'), ...Array.from({ length: 58 }, (_, i) => node(`w${i}`, 'root'))],
	COMPACT
);

/** Where an agent is drawn. */
function seen(layout: typeof small, id: string, camera: { x: number; y: number; zoom: number }) {
	const box = boundsOf(layout, [id]);
	if (!box) throw new Error(id);
	return { x: box.x * camera.zoom + camera.x, right: (box.x + box.width) * camera.zoom + camera.x };
}

describe('cameraFor', () => {
	it('shows a small graph whole, not larger than life', () => {
		const camera = cameraFor(small, screen, ['b']);
		expect(camera.zoom).toBe(1);
		expect(seen(small, 'a', camera).x).toBeGreaterThan(0);
		expect(seen(small, 'b', camera).right).toBeLessThan(screen.width);
	});

	it('shows 59 side by side whole and readable on a wide screen', () => {
		expect(isReadableWhole(wide, screen)).toBe(true);
		expect(cameraFor(wide, screen, ['w7']).zoom).toBeGreaterThanOrEqual(READABLE);
	});

	it('goes to whoever works in a graph that cannot be read whole, and can be read there', () => {
		expect(isReadableWhole(chain, screen)).toBe(false);
		const camera = cameraFor(chain, screen, ['c30']);
		expect(camera.zoom).toBeGreaterThanOrEqual(READABLE);
		const at = seen(chain, 'c30', camera);
		expect((at.x + at.right) / 2).toBeCloseTo(screen.width / 2);
	});

	it('does not look past the ends', () => {
		expect(seen(chain, 'c0', cameraFor(chain, screen, ['c0'])).x).toBeCloseTo(14);
		const end = seen(chain, 'c59', cameraFor(chain, screen, ['c59']));
		expect(end.right).toBeCloseTo(screen.width - 14);
	});

	it('has something to show of no agents', () => {
		expect(cameraFor(layoutGraph([], FULL), screen, [])).toEqual({ x: 0, y: 0, zoom: 1 });
	});
});

describe('boundsOf', () => {
	it('holds the lines that run beside the agents, too', () => {
		const helpers = ['a', 'b'].map((id) => node(id, 'lead'));
		const after = layoutGraph([node('lead'), ...helpers, node('last', 'lead', 'a', 'b')], FULL);
		const agents = boundsOf(after, [...after.spots.keys()]);
		const all = boundsOf(after);
		const [lane] = lanesOf(after.routes.get(edgeId('lead', 'last')) ?? directRoute('middle'));
		if (!agents || !all || !lane) throw new Error('no line passes the helpers');
		const isIn = (box: typeof all) => lane.y >= box.y && lane.y <= box.y + box.height;
		expect([isIn(agents), isIn(all)]).toEqual([false, true]);
		expect([all.x, all.width]).toEqual([agents.x, agents.width]);
	});
});

describe('cameraOn', () => {
	const box = { x: 0, y: 0, width: 700, height: 112 };

	it('keeps out of the corner of the controls, as far as there is room', () => {
		const right = (width: number) => cameraOn(box, { width, height: 160 }).x + box.width;
		expect(right(1000)).toBe(850);
		expect(right(900)).toBe(900 - 124);
		expect(cameraOn(box, { width: 740, height: 160 }).x).toBe(14);
		expect(cameraOn(box, { width: 900, height: 300 }).x).toBe(100);
	});
});

describe('cameraWith', () => {
	it('stays when everything is in sight, else moves as little as needed', () => {
		const box = { x: 0, y: 0, width: 100, height: 50 };
		const camera = cameraOn(box, screen);
		expect(cameraWith(camera, box, screen)).toBe(camera);
		const moved = cameraWith({ x: -500, y: 20, zoom: 1 }, box, screen);
		expect(moved).toEqual({ x: 14, y: 20, zoom: 1 });
	});
});

describe('growthAt', () => {
	it('keeps text at its size on the screen down to the last readable zoom', () => {
		expect(growthAt(1.3)).toBe(1);
		expect(growthAt(0.8)).toBe(1.25);
		expect(growthAt(0.1)).toBe(growthAt(READABLE));
	});
});

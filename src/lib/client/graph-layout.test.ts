import { describe, expect, it } from 'vitest';
import { extendLayout } from './graph-extend';
import { edgeId } from './graph-edges';
import { COMPACT, FULL, layoutGraph, sizeFor, type GraphLayout } from './graph-layout';
import { neighbourOf } from './graph-neighbour';
import { lineOf } from './graph-route';

const node = (agent_id: string, ...depends_on: string[]) => ({ agent_id, depends_on });
const workers = (count: number, ...after: string[]) =>
	Array.from({ length: count }, (_, i) => node(`w${i}`, ...after));
const diamond = [
	node('profiler'),
	node('charts', 'profiler'),
	node('quality', 'profiler'),
	node('writer', 'charts', 'quality', 'profiler')
];

/** Pairs of agents that cover each other. */
function overlaps({ spots, size }: GraphLayout): string[] {
	const all = [...spots];
	return all.flatMap(([a, p], i) =>
		all
			.slice(i + 1)
			.filter(([, q]) => Math.abs(p.x - q.x) < size.width && Math.abs(p.y - q.y) < size.height)
			.map(([b]) => `${a}/${b}`)
	);
}

/** Agents that do not stand right of all they wait for. */
const backwards = (layout: GraphLayout, nodes: typeof diamond) =>
	nodes.filter((n) =>
		n.depends_on.some((d) => {
			const before = layout.spots.get(d);
			return before && (layout.spots.get(n.agent_id)?.x ?? 0) < before.x + layout.size.width;
		})
	);

describe('layoutGraph', () => {
	it('puts each agent right of those it waits for and side by side what can run so', () => {
		const { spots } = layoutGraph(diamond, FULL);
		expect(['profiler', 'charts', 'quality', 'writer'].map((id) => spots.get(id)?.column)).toEqual([
			0, 1, 1, 2
		]);
		expect(spots.get('charts')?.x).toBe(spots.get('quality')?.x);
	});

	it('stands in the order of the workflow, from top to bottom', () => {
		const { spots } = layoutGraph(diamond, FULL);
		expect(spots.get('charts')?.y).toBeLessThan(spots.get('quality')?.y ?? 0);
		const wide = layoutGraph([node('root'), ...workers(30, 'root')], COMPACT).spots;
		expect(wide.get('w0')?.y).toBeLessThan(wide.get('w1')?.y ?? 0);
		expect(wide.get('w0')?.column).toBe(1);
	});

	it('leads a line that skips a column past the agents there', () => {
		const { routes, spots } = layoutGraph(diamond, FULL);
		const route = routes.get(edgeId('profiler', 'writer'));
		if (route?.kind !== 'lanes') throw new Error('no lanes');
		expect(route.lanes).toHaveLength(1);
		const y = route.lanes[0]?.y ?? 0;
		for (const id of ['charts', 'quality']) {
			const top = spots.get(id)?.y ?? 0;
			expect(y < top || y > top + FULL.height).toBe(true);
		}
	});

	it('never covers an agent with another: wide, deep and mixed graphs of 60', () => {
		const chain = Array.from({ length: 60 }, (_, i) => node(`c${i}`, ...(i ? [`c${i - 1}`] : [])));
		const wide = [
			node('root'),
			...workers(58, 'root'),
			node('end', ...workers(58).map((w) => w.agent_id))
		];
		const mixed = Array.from({ length: 60 }, (_, i) =>
			node(`m${i}`, ...(i < 4 ? [] : [`m${i - 4}`, `m${Math.floor(i / 2) - 1}`]))
		);
		for (const nodes of [chain, wide, mixed]) {
			const layout = layoutGraph(nodes, sizeFor(60));
			expect(layout.spots.size).toBe(60);
			expect(overlaps(layout)).toEqual([]);
			expect(backwards(layout, nodes)).toEqual([]);
		}
	});

	it('gives many that can run side by side several columns, and their lines one way', () => {
		const layout = layoutGraph([node('root'), ...workers(58, 'root')], COMPACT);
		expect(layout.columns).toHaveLength(1 + 5);
		expect(layout.routes.get(edgeId('root', 'w40'))).toEqual({ kind: 'direct', bend: 'target' });
	});

	it('lets an unknown dependency and one on itself count for nothing', () => {
		const layout = layoutGraph([node('a', 'gone', 'a')], FULL);
		expect(layout.spots.get('a')?.column).toBe(0);
		expect(layout.routes.size).toBe(0);
	});

	it('is empty for no agents', () => {
		expect(layoutGraph([], FULL).spots.size).toBe(0);
	});
});

describe('extendLayout', () => {
	const before = layoutGraph(diamond, FULL);

	it('leaves every agent where it was when others come to work beside one', () => {
		const more = [...diamond, { ...node('extra', 'profiler'), delegated_by: 'charts' }];
		const after = extendLayout(before, more, FULL);
		for (const [id, spot] of before.spots) expect(after.spots.get(id)).toEqual(spot);
		expect(after.spots.get('extra')?.column).toBe(1);
		expect(overlaps(after)).toEqual([]);
	});

	it('moves right only who has to wait for the new agents', () => {
		const spliced = [
			...diamond.slice(0, 3),
			{ ...node('helper', 'charts'), delegated_by: 'charts' },
			node('writer', 'charts', 'quality', 'helper')
		];
		const after = extendLayout(before, spliced, FULL);
		for (const id of ['profiler', 'charts', 'quality'])
			expect(after.spots.get(id)).toEqual(before.spots.get(id));
		expect(after.spots.get('helper')?.column).toBe(2);
		expect(after.spots.get('helper')?.y).toBe(after.spots.get('charts')?.y);
		expect(after.spots.get('writer')).toMatchObject({
			column: 3,
			y: before.spots.get('writer')?.y
		});
		expect(backwards(after, spliced)).toEqual([]);
	});

	it('stays sound however many are added one after the other', () => {
		let nodes = [node('lead'), node('last', 'lead')];
		let layout = extendLayout(null, nodes, FULL);
		for (let i = 0; i < 9; i++) {
			nodes = [...nodes.slice(0, -1), node(`h${i}`, 'lead'), node('last', 'lead', `h${i}`)];
			layout = extendLayout(layout, nodes, FULL);
		}
		expect(overlaps(layout)).toEqual([]);
		expect(backwards(layout, nodes)).toEqual([]);
	});

	it('forgets who was taken out', () => {
		const after = extendLayout(before, diamond.slice(0, 3), FULL);
		expect([...after.spots.keys()]).not.toContain('writer');
	});

	it('begins anew for another workflow or another size', () => {
		expect(extendLayout(before, [node('other')], FULL)).toEqual(layoutGraph([node('other')], FULL));
		expect(extendLayout(before, diamond, COMPACT)).toEqual(layoutGraph(diamond, COMPACT));
	});
});

describe('lineOf', () => {
	it('begins and ends at the agents, and passes through its lanes', () => {
		const lanes = [{ x1: 100, x2: 200, y: 50 }];
		const line = lineOf({ kind: 'lanes', lanes }, { x: 0, y: 0 }, { x: 300, y: 10 });
		expect(line.path).toMatch(/^M0 0C.* 100 50L200 50C.* 300 10$/);
		expect(line).toMatchObject({ labelX: 250, labelY: 30 });
	});

	it('bends near one end where many lines share the other', () => {
		const line = lineOf({ kind: 'direct', bend: 'target' }, { x: 0, y: 0 }, { x: 300, y: 90 });
		expect(line.path).toMatch(/^M0 0L276 0C/);
	});
});

describe('neighbourOf', () => {
	const { spots } = layoutGraph(diamond, FULL);
	const upper =
		(spots.get('charts')?.y ?? 0) < (spots.get('quality')?.y ?? 0) ? 'charts' : 'quality';
	const lower = upper === 'charts' ? 'quality' : 'charts';

	it('follows the arrow keys and stops at the edge', () => {
		expect(neighbourOf(spots, 'writer', 'right')).toBeNull();
		expect(['charts', 'quality']).toContain(neighbourOf(spots, 'writer', 'left'));
		expect(neighbourOf(spots, upper, 'down')).toBe(lower);
		expect(neighbourOf(spots, lower, 'up')).toBe(upper);
		expect(neighbourOf(spots, upper, 'up')).toBeNull();
		expect(neighbourOf(spots, upper, 'right')).toBe('writer');
	});
});

import { describe, expect, it } from 'vitest';
import { layoutOf, levelsOf } from './levels';

const node = (agent_id: string, ...depends_on: string[]) => ({ agent_id, depends_on });
const size = { width: 200, height: 100, gapX: 40, gapY: 20, rows: 8 };
const diamond = [
	node('profiler'),
	node('charts', 'profiler'),
	node('quality', 'profiler'),
	node('writer', 'charts', 'quality')
];

const ids = (levels: { agent_id: string }[][]) => levels.map((l) => l.map((n) => n.agent_id));

describe('levelsOf', () => {
	it('puts agents that can run side by side into one column', () => {
		expect(ids(levelsOf(diamond))).toEqual([['profiler'], ['charts', 'quality'], ['writer']]);
	});

	it('places an agent after the longest chain it waits for', () => {
		const chain = [node('a'), node('b', 'a'), node('c', 'b'), node('d', 'a', 'c')];
		expect(ids(levelsOf(chain))).toEqual([['a'], ['b'], ['c'], ['d']]);
	});

	it('keeps agents beside what they wait for, so that lines do not cross', () => {
		const crossed = [node('a'), node('b'), node('under-b', 'b'), node('under-a', 'a')];
		expect(ids(levelsOf(crossed))).toEqual([
			['a', 'b'],
			['under-a', 'under-b']
		]);
	});

	it('ignores a dependency that is not there', () => {
		expect(ids(levelsOf([node('a', 'ghost')]))).toEqual([['a']]);
	});
});

describe('layoutOf', () => {
	it('centres columns on each other and counts every gap once', () => {
		const layout = layoutOf(diamond, size);
		expect(layout).toMatchObject({ width: 680, height: 220 });
		expect(layout.cards.map(({ x, y }) => [x, y])).toEqual([
			[0, 60],
			[240, 0],
			[240, 120],
			[480, 60]
		]);
	});

	it('draws one line for each dependency, from right edge to left edge', () => {
		const { edges } = layoutOf(diamond, size);
		expect(edges.map((e) => `${e.from}>${e.to}`)).toEqual([
			'profiler>charts',
			'profiler>quality',
			'charts>writer',
			'quality>writer'
		]);
		expect(edges[0]?.path).toMatch(/^M200 110.* 240 50$/);
	});

	it('never lets two cards overlap, however many there are', () => {
		const many = [node('root'), ...Array.from({ length: 60 }, (_, i) => node(`w${i}`, 'root'))];
		const spots = layoutOf(many, size).cards.map((c) => `${c.x}/${c.y}`);
		expect(new Set(spots).size).toBe(61);
	});

	it('gives a level of many agents several columns and one line for all of them', () => {
		const many = [node('root'), ...Array.from({ length: 60 }, (_, i) => node(`w${i}`, 'root'))];
		const layout = layoutOf(many, size);
		expect(layout.height).toBe(8 * 120 - 20);
		expect(new Set(layout.cards.map((c) => c.x)).size).toBe(1 + 8);
		expect(layout.edges).toHaveLength(1);
	});

	it('is empty for no agents', () => {
		expect(layoutOf([], size)).toEqual({ width: 0, height: 0, cards: [], edges: [] });
	});
});

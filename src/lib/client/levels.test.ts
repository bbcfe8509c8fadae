import { describe, expect, it } from 'vitest';
import { levelsOf, tierOf } from './levels';

const node = (agent_id: string, ...depends_on: string[]) => ({ agent_id, depends_on });
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

describe('tierOf', () => {
	it('gives a stage one of a few heights', () => {
		const chain = (length: number) =>
			Array.from({ length }, (_, i) => node(`c${i}`, ...(i ? [`c${i - 1}`] : [])));
		const fan = (width: number) => Array.from({ length: width }, (_, i) => node(`w${i}`));
		expect([[], chain(4), fan(1)].map(tierOf)).toEqual(['low', 'low', 'low']);
		expect([diamond, chain(5), chain(60)].map(tierOf)).toEqual(['middle', 'middle', 'middle']);
		expect([fan(3), fan(13)].map(tierOf)).toEqual(['tall', 'tall']);
	});
});

import { describe, expect, it } from 'vitest';
import type { Segment, Timeline } from './timeline';
import { axisOf, pausesOf } from './timeline-axis';

const S = 1000;
const H = 3600 * S;
const segment = (kind: Segment['kind'], from: number, to: number): Segment => ({
	kind,
	from,
	to,
	open: false,
	label: '',
	state: 'ok'
});
const work = (from: number, to: number) => segment('work', from, to);
const asks = (from: number, to: number) => segment('approval', from, to);

/** Each list is what happened in one step. */
function timeline(to: number, ...rows: Segment[][]): Timeline {
	return {
		from: 0,
		to,
		open: false,
		rows: rows.map((segments, n) => ({
			agent_id: `a${n}`,
			status: 'completed',
			reused: false,
			segments,
			from: 0,
			to,
			attempts: 1,
			toolCalls: 0,
			toolMs: 0,
			waitedMs: 0
		}))
	};
}

describe('pausesOf', () => {
	it('finds when nobody worked: waiting for a person, or ended until somebody resumed', () => {
		const waits = [work(0, 100), asks(20, 60)];
		expect(pausesOf(timeline(100, waits))).toEqual([{ from: 20, to: 60 }]);
		// Somebody else goes on meanwhile.
		expect(pausesOf(timeline(100, waits, [work(10, 50)]))).toEqual([{ from: 50, to: 60 }]);
		expect(pausesOf(timeline(100, [work(10, 30)], [work(70, 90)]))).toEqual([
			{ from: 0, to: 10 },
			{ from: 30, to: 70 },
			{ from: 90, to: 100 }
		]);
		expect(pausesOf(timeline(100, [work(0, 100)]))).toEqual([]);
	});

	it('a tool that works while another call waits for a yes is no pause', () => {
		const row = [work(0, 100), asks(20, 60), segment('tool', 20, 40)];
		expect(pausesOf(timeline(100, row))).toEqual([{ from: 40, to: 60 }]);
	});
});

describe('axisOf', () => {
	it('is even where no pause outweighs the work', () => {
		const axis = axisOf(timeline(40 * S, [work(0, 40 * S), asks(10 * S, 25 * S)]), 500);
		expect(axis.breaks).toEqual([]);
		expect([0, 10, 20, 40].map((s) => axis.at(s * S))).toEqual([0, 0.25, 0.5, 1]);
		expect(axis.ticks.map(({ label }) => label)).toEqual(['0', '10 s', '20 s', '30 s', '40 s']);
	});

	it('shortens hours of waiting to a break that tells them, and leaves the work its room', () => {
		const end = 3 * H + 40 * S;
		const axis = axisOf(timeline(end, [work(0, end), asks(30 * S, 3 * H + 30 * S)]), 760);
		expect(axis.breaks).toEqual([
			{ from: expect.closeTo(0.675), to: expect.closeTo(0.775), label: '3 h' }
		]);
		expect(axis.at(0)).toBe(0);
		expect(axis.at(end)).toBeCloseTo(1);
		// A second is as long after the break as before it.
		expect(axis.at(10 * S)).toBeCloseTo(axis.at(end) - axis.at(end - 10 * S));
		expect(axis.at(30 * S + 1.5 * H)).toBeCloseTo(0.725);
		expect(axis.length).toBeCloseTo((40 * S) / 0.9);
		expect(axis.ticks.map(({ label }) => label)).toEqual(['0', '10 s', '20 s', '30 s', '+10 s']);
	});

	it('keeps every moment in order, with several breaks and little room', () => {
		const day = 24 * H;
		const rows = [0, 1, 2, 3, 4].map((n) => [work(n * day, n * day + 5 * S)]);
		const axis = axisOf(timeline(4 * day + 5 * S, ...rows), 200);
		expect(axis.breaks.map(({ label }) => label)).toEqual(Array(4).fill('1 d'));
		const all = rows.flat().flatMap(({ from, to }) => [axis.at(from), axis.at(to)]);
		expect(all).toEqual(all.toSorted((a, b) => a - b));
		expect(all.at(-1)).toBeCloseTo(1);
		expect(axis.breaks.reduce((sum, { from, to }) => sum + to - from, 0)).toBeCloseTo(0.6);
	});

	it('shortens nothing where there was no work to make room for', () => {
		const axis = axisOf(timeline(H, [asks(0, H)]), 500);
		expect(axis.breaks).toEqual([]);
		expect(axis.at(H / 2)).toBe(0.5);
	});
});

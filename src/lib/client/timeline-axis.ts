import { formatDuration } from './format';
import { tickLabel, ticksOf, type Timeline } from './timeline';

/** Where times stand on a timeline, as parts of its width from 0 to 1. */
export interface Axis {
	at: (time: number) => number;
	/** Milliseconds that the whole width would hold if nothing were shortened. */
	length: number;
	/** Round times. After a break they count from its end, and say so with a plus. */
	ticks: { at: number; label: string }[];
	/** Pauses that take less room than their time would, each with how long it was. */
	breaks: { from: number; to: number; label: string }[];
}

interface Stretch {
	from: number;
	to: number;
}

const LEAST_PAUSE_MS = 10_000;
const BREAK_PX = 76;
const MOST_BROKEN = 0.6;
const PX_PER_TICK = 110;

/** In order of time: the stretches in which nobody worked, waiting for a person or for a resume. */
export function pausesOf(timeline: Timeline): Stretch[] {
	const busy = timeline.rows
		.flatMap(({ segments }) => {
			const waits = segments.filter(({ kind }) => kind === 'approval');
			const work = segments.filter(({ kind }) => kind === 'work');
			return [...segments.filter(({ kind }) => kind === 'tool'), ...without(work, waits)];
		})
		.filter(({ from, to }) => to > from);
	return without([timeline], busy);
}

/** What of the first stretches none of the others covers. */
function without(stretches: readonly Stretch[], others: readonly Stretch[]): Stretch[] {
	const covers = others.toSorted((a, b) => a.from - b.from);
	return stretches.flatMap(({ from, to }) => {
		const left: Stretch[] = [];
		let at = from;
		for (const cover of covers) {
			if (cover.from >= to) break;
			if (cover.from > at) left.push({ from: at, to: cover.from });
			at = Math.max(at, cover.to);
		}
		if (at < to) left.push({ from: at, to });
		return left;
	});
}

/**
 * Lays a timeline out on so many pixels. A pause longer than all the work is shortened: else the work
 * could not be seen beside it.
 */
export function axisOf(timeline: Timeline, width: number): Axis {
	const pauses = pausesOf(timeline);
	const whole = timeline.to - timeline.from;
	const worked = whole - pauses.reduce((sum, { from, to }) => sum + to - from, 0);
	const least = worked > 0 ? Math.max(LEAST_PAUSE_MS, worked) : Infinity;
	const shortened = pauses.filter(({ from, to }) => to - from > least);
	const shown = shortened.reduce((sum, { from, to }) => sum - (to - from), whole);
	const share = Math.min(BREAK_PX / Math.max(width, 1), MOST_BROKEN / (shortened.length || 1));
	const live = 1 - share * shortened.length;

	const at = (time: number): number => {
		let passed = time - timeline.from;
		let broken = 0;
		for (const { from, to } of shortened) {
			if (time <= from) break;
			const inside = Math.min(time, to) - from;
			passed -= inside;
			broken += (share * inside) / (to - from);
		}
		return broken + (live * passed) / shown;
	};
	const length = shown / live;
	const stretches = without([timeline], shortened);
	// As far apart everywhere as where there is most room.
	const step = ticksOf(length, Math.max(2, Math.floor(width / PX_PER_TICK)))[1] ?? Infinity;
	return {
		at,
		length,
		ticks: stretches.flatMap(({ from, to }) => ticksIn(from, to, step, from > timeline.from, at)),
		breaks: shortened.map(({ from, to }) => ({
			from: at(from),
			to: at(to),
			label: formatDuration(to - from)
		}))
	};
}

function ticksIn(
	from: number,
	to: number,
	step: number,
	resumed: boolean,
	at: (time: number) => number
): Axis['ticks'] {
	const ticks = [];
	for (let ms = resumed ? step : 0; from + ms <= to; ms += step)
		ticks.push({ at: at(from + ms), label: `${resumed ? '+' : ''}${tickLabel(ms)}` });
	return ticks;
}

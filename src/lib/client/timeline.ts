import type { StepStatus } from '$lib/domain/run';
import type { RunView, StepView } from '$lib/domain/run-event';

/** A stretch of time in a step. Times are milliseconds since 1970. */
export interface Segment {
	kind: 'work' | 'approval' | 'tool';
	from: number;
	to: number;
	/** It goes on: `to` is now. */
	open: boolean;
	/** What it was: `Attempt 2`, `execute_python`, `3 tool calls`. */
	label: string;
	/** For work how it ended, for a tool whether it succeeded, for a question what was decided. */
	state: 'ok' | 'failed' | 'running' | 'other';
}

export interface TimelineRow {
	agent_id: string;
	status: StepStatus;
	/** Taken over from another run: it took no time. */
	reused: boolean;
	/** Work first, then what happened in it; each kind in order of time. */
	segments: Segment[];
	/** Null before it began. */
	from: number | null;
	to: number | null;
	attempts: number;
	toolCalls: number;
	/** Milliseconds that tools took and that it waited for a person. */
	toolMs: number;
	waitedMs: number;
}

export interface Timeline {
	rows: TimelineRow[];
	from: number;
	to: number;
	/** Something still goes on. */
	open: boolean;
}

/** When each step of a run did what, as its log tells; `now` ends what goes on. */
export function timelineOf(view: RunView, now: number): Timeline {
	const rows = view.steps.map((step) => rowOf(step, now));
	const begun = view.start_time === null ? now : Date.parse(view.start_time);
	const open = view.start_time !== null && view.end_time === null;
	const timeline: Timeline = { rows, from: begun, to: begun + 1, open };
	if (open) timeline.to = Math.max(timeline.to, now);
	else if (view.end_time !== null) timeline.to = Math.max(timeline.to, Date.parse(view.end_time));
	for (const { from, to } of rows) {
		if (from !== null) timeline.from = Math.min(timeline.from, from);
		if (to !== null) timeline.to = Math.max(timeline.to, to);
	}
	return timeline;
}

function rowOf(step: StepView, now: number): TimelineRow {
	const work = step.attempts.map((span): Segment => {
		const state =
			span.status === 'completed'
				? 'ok'
				: span.status === 'failed'
					? 'failed'
					: span.to === null
						? 'running'
						: 'other';
		return {
			kind: 'work',
			...stretch(span.from, span.to, now),
			label: `Attempt ${span.attempt}`,
			state
		};
	});
	const waits: Segment[] = [];
	const tools: Segment[] = [];
	for (const item of step.transcript)
		if (item.kind === 'approval')
			waits.push({
				kind: 'approval',
				...stretch(item.at, item.closed_at, now),
				label: item.request.tool ? `Approval: ${item.request.tool}` : 'Approval to begin',
				state: item.approved === null ? 'other' : item.approved ? 'ok' : 'failed'
			});
		else if (item.kind === 'tool') {
			const from = Date.parse(item.at);
			const going = item.state === 'running' && step.ended_at === null;
			// One that was interrupted left no duration.
			const to = item.duration_ms === null ? (going ? now : from) : from + item.duration_ms;
			const state = item.state === 'running' ? (going ? 'running' : 'other') : item.state;
			tools.push({ kind: 'tool', from, to, open: going, label: item.tool, state });
		}
	const all = [...work, ...waits, ...tools];
	const first = work[0] ?? waits[0];
	return {
		agent_id: step.agent_id,
		status: step.status,
		reused: step.reused !== undefined,
		segments: all,
		from: first ? all.reduce((least, { from }) => Math.min(least, from), first.from) : null,
		to: first ? all.reduce((most, { to }) => Math.max(most, to), first.to) : null,
		attempts: work.length,
		toolCalls: tools.length,
		toolMs: total(tools),
		waitedMs: total(waits)
	};
}

function stretch(from: string, to: string | null, now: number) {
	const start = Date.parse(from);
	return {
		from: start,
		to: Math.max(start, to === null ? now : Date.parse(to)),
		open: to === null
	};
}

function total(segments: readonly Segment[]): number {
	return segments.reduce((sum, { from, to }) => sum + to - from, 0);
}

/**
 * Puts tool calls together that nobody could tell apart: closer than `leastMs`. A row then has no more
 * of them than fit beside one another.
 */
export function mergeTools(segments: readonly Segment[], leastMs: number): Segment[] {
	const merged: Segment[] = [];
	let count = 0;
	for (const segment of segments) {
		const last = merged.at(-1);
		if (segment.kind !== 'tool' || last?.kind !== 'tool' || segment.from - last.to >= leastMs) {
			merged.push({ ...segment });
			count = 1;
			continue;
		}
		count += 1;
		last.to = Math.max(last.to, segment.to);
		last.open ||= segment.open;
		last.label = `${count} tool calls`;
		if (segment.state === 'failed' || last.state !== 'failed') last.state = segment.state;
	}
	return merged;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [
	...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
	...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
	...[1, 2, 6, 12, 24, 48, 168].map((n) => n * HOUR)
];

/** Round distances from the start, at most `most` of them after zero. */
export function ticksOf(lengthMs: number, most: number): number[] {
	const step =
		STEPS.find((candidate) => lengthMs / candidate <= most) ??
		Math.ceil(lengthMs / most / (168 * HOUR)) * 168 * HOUR;
	return Array.from({ length: Math.floor(lengthMs / step) + 1 }, (_, n) => n * step);
}

/** A distance from the start, short: `0`, `0.5 s`, `30 s`, `2 min`, `1:30 min`, `6 h`, `2 d`. */
export function tickLabel(ms: number): string {
	if (ms === 0) return '0';
	if (ms < MINUTE) return `${Number((ms / SECOND).toFixed(1))} s`;
	if (ms < HOUR) return clock(ms / SECOND, 'min');
	if (ms < 48 * HOUR) return clock(ms / MINUTE, 'h');
	return `${Number((ms / (24 * HOUR)).toFixed(1))} d`;
}

function clock(small: number, unit: string): string {
	const rest = Math.round(small % 60);
	const big = Math.floor(small / 60);
	return rest === 0 ? `${big} ${unit}` : `${big}:${String(rest).padStart(2, '0')} ${unit}`;
}

import { describe, expect, it } from 'vitest';
import type { NewRunEvent } from '$lib/domain/run-event';
import { stepEnd, viewOf } from './testing';
import { mergeTools, tickLabel, ticksOf, timelineOf } from './timeline';

/** The log's first event; every event after it comes one second later. */
const START = Date.parse('2026-11-21T12:00:00Z');
const agent_id = 'reader';
const start = (attempt: number, recovered?: boolean): NewRunEvent => ({
	type: 'step_started',
	agent_id,
	data: { attempt, model: 'm', ...(recovered ? { recovered, resume_turn: 1 } : {}) }
});
const call = { turn: 1, call_id: 'c', tool: 'execute_python' };
const called: NewRunEvent = { type: 'tool_called', agent_id, data: { ...call, arguments: {} } };
const finished: NewRunEvent = {
	type: 'tool_finished',
	agent_id,
	data: { ...call, ok: false, result: {}, duration_ms: 800 }
};
const failed = stepEnd(agent_id, {}, { status: 'failed', error: { code: 'x', message: 'no' } });
const runFailed: NewRunEvent = {
	type: 'run_finished',
	data: { status: 'failed', error: null, total_tokens_used: 0 }
};
const seconds = (segment: { from: number; to: number }) => [
	(segment.from - START) / 1000,
	(segment.to - START) / 1000
];

describe('the timeline of a run', () => {
	it('shows work, waiting for a person and tool calls, each with its times', () => {
		const view = viewOf(
			['reader', 'writer'],
			[
				start(1),
				{ type: 'approval_requested', agent_id, data: { ...call, files: [], reason: 'r' } },
				{ type: 'approval_given', agent_id, data: { turn: 1, call_id: 'c', approved: true } },
				called,
				finished,
				stepEnd(agent_id)
			]
		);
		const timeline = timelineOf(view, START + 60_000);
		const [reader, writer] = timeline.rows;
		expect(reader?.segments.map((s) => [s.kind, s.state, ...seconds(s)])).toEqual([
			['work', 'ok', 1, 6],
			['approval', 'ok', 2, 3],
			['tool', 'failed', 4, 4.8]
		]);
		expect(reader).toMatchObject({ attempts: 1, toolCalls: 1, toolMs: 800, waitedMs: 1000 });
		expect(writer).toMatchObject({ segments: [], from: null, to: null });
		expect([timeline.open, ...seconds(timeline)]).toEqual([true, 0, 60]);
	});

	it('keeps every attempt, also after the run was resumed', () => {
		const resumed: NewRunEvent = {
			type: 'run_started',
			data: {
				workflow_id: 'w',
				name: 'W',
				user_directive: '',
				attached_files: [],
				agents: [],
				resumed: true
			}
		};
		const events = [start(1), failed, runFailed, resumed, start(2), stepEnd(agent_id)];
		const [row] = timelineOf(viewOf([agent_id], events), START + 99_000).rows;
		expect(row?.segments.map((s) => [s.label, s.state, ...seconds(s)])).toEqual([
			['Attempt 1', 'failed', 1, 2],
			['Attempt 2', 'ok', 5, 6]
		]);
	});

	it('goes on through a restart of the server, and ends with what goes on now', () => {
		const view = viewOf([agent_id], [start(1), called, start(1, true)]);
		const timeline = timelineOf(view, START + 10_000);
		expect(timeline.rows[0]?.segments.map((s) => [s.kind, s.open, ...seconds(s)])).toEqual([
			['work', true, 1, 10]
		]);
	});

	it('leaves an interrupted call without a length', () => {
		const view = viewOf([agent_id], [start(1), called, failed, runFailed]);
		const timeline = timelineOf(view, START + 99_000);
		const tool = timeline.rows[0]?.segments.find((s) => s.kind === 'tool');
		expect(tool && seconds(tool)).toEqual([2, 2]);
		expect([timeline.open, ...seconds(timeline)]).toEqual([false, 0, 4]);
	});
});

it('calls that nobody could tell apart stand together, with the worst of their fates', () => {
	const tool = (from: number, state: 'ok' | 'failed' = 'ok') => ({
		kind: 'tool' as const,
		from,
		to: from + 10,
		open: false,
		label: 'run',
		state
	});
	const merged = mergeTools([tool(0), tool(15, 'failed'), tool(30), tool(200)], 20);
	expect(merged.map(({ from, to, label, state }) => [from, to, label, state])).toEqual([
		[0, 40, '3 tool calls', 'failed'],
		[200, 210, 'run', 'ok']
	]);
	const many = Array.from({ length: 5000 }, (_, n) => tool(n * 12));
	expect(mergeTools(many, 300)).toHaveLength(1);
});

it('ticks are round, few, and short to read', () => {
	expect(ticksOf(9500, 5).map(tickLabel)).toEqual(['0', '2 s', '4 s', '6 s', '8 s']);
	expect(ticksOf(100_000, 5).map(tickLabel)).toEqual(['0', '30 s', '1 min', '1:30 min']);
	expect(ticksOf(1, 5)).toEqual([0]);
	for (const length of [3, 999, 61_000, 3_700_000, 86_400_000 * 3, 86_400_000 * 900])
		expect(ticksOf(length, 6).length).toBeLessThanOrEqual(7);
	expect(tickLabel(5_400_000)).toBe('1:30 h');
});

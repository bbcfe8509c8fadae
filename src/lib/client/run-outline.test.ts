import { describe, expect, it } from 'vitest';
import type { NewRunEvent, RunView } from '$lib/domain/run-event';
import { flowsOf } from './flow';
import { outlineOf, readFrom } from './run-outline';
import { stepEnd, viewOf } from './testing';

const begin = (agent_id: string): NewRunEvent => ({
	type: 'step_started',
	agent_id,
	data: { attempt: 1, model: 'x' }
});
const says = (agent_id: string, turn: number, text = `${agent_id} ${turn}`): NewRunEvent => ({
	type: 'text_delta',
	agent_id,
	data: { turn, text }
});
/** A step that says something in each of so many turns. */
const talk = (agent_id: string, turns: number, text?: string): NewRunEvent[] => [
	begin(agent_id),
	...Array.from({ length: turns }, (_, n) => says(agent_id, n + 1, text))
];
const ended = (agent_id: string, answer = 'Done.') => stepEnd(agent_id, {}, { answer });

/** Each step's transcript: how many items follow one another, and how many are missing, as `-n`. */
const shape = (view: RunView) =>
	view.steps.map((step) =>
		step.transcript.reduce<number[]>((runs, item) => {
			const last = runs.at(-1);
			if (item.kind === 'gap') return [...runs, -item.count];
			return last !== undefined && last > 0 ? [...runs.slice(0, -1), last + 1] : [...runs, 1];
		}, [])
	);
const large = viewOf(
	['a', 'b', 'c'],
	[...talk('a', 100), ended('a'), ...talk('b', 300), ended('b'), ...talk('c', 50), ended('c')]
);

describe('outlineOf', () => {
	it('leaves a small run as it is', () => {
		const view = viewOf(['a'], [...talk('a', 80), ended('a')]);
		expect(outlineOf(view, null)).toBe(view);
	});

	it('keeps the beginning of a long run, and every step with what is told of it', () => {
		const outline = outlineOf(large, null);
		expect(outline.outline).toBe(true);
		expect(shape(outline)).toEqual([[20, -80], [-300], [-50]]);
		expect(outline.steps.map((step) => step.status)).toEqual(large.steps.map((s) => s.status));
		expect(outline.last_event).toBe(large.last_event);
		expect(large.steps[1]?.transcript).toHaveLength(300);
	});

	it('following the gaps reads every item once, in order', () => {
		const read: string[] = [];
		let from: ReturnType<typeof readFrom> = null;
		for (let pages = 0; pages < 20; pages++) {
			const outline = outlineOf(large, from);
			const items = outline.steps.flatMap((step) => step.transcript);
			const first = items.findIndex((item) => item.kind !== 'gap');
			const texts = items.slice(first).flatMap((item) => (item.kind === 'text' ? [item.text] : []));
			read.push(...texts);
			const next = items.slice(first).find((item) => item.kind === 'gap');
			if (next?.kind !== 'gap') break;
			from = readFrom(new URLSearchParams({ item: String(next.seq) }));
		}
		const all = large.steps.flatMap((step) =>
			step.transcript.flatMap((item) => (item.kind === 'text' ? [item.text] : []))
		);
		expect(read).toEqual(all);
	});

	it('begins where the address says: at an item, or at an agent', () => {
		const seq = large.steps[1]?.transcript[150]?.seq ?? 0;
		expect(shape(outlineOf(large, { item: seq }))).toEqual([[-100], [-150, 150], [50]]);
		expect(shape(outlineOf(large, { agent: 'c' }))).toEqual([[-100], [-300], [50]]);
		// What is not there does not hide what is.
		expect(shape(outlineOf(large, { agent: 'nobody' }))[0]).toEqual([100]);
		expect(shape(outlineOf(large, { item: 999_999 }))[0]).toEqual([100]);
	});

	it('keeps the newest of each agent that works, in chunks as they are drawn', () => {
		const view = viewOf(
			['a', 'b', 'c'],
			[...talk('a', 100), ended('a'), ...talk('b', 95), ...talk('c', 5)]
		);
		expect(shape(outlineOf(view, null))).toEqual([[20, -80], [-80, 15], [5]]);
	});

	it('keeps no more text than a page can bear', () => {
		const long = 'x'.repeat(5900);
		const view = viewOf(
			['a', 'b'],
			[...talk('a', 12, long), ended('a', long), begin('b'), ended('b', long)]
		);
		expect(shape(outlineOf(view, null))).toEqual([[3, -9], [-1]]);
	});

	const whole = 'y'.repeat(70_000);
	const call = { turn: 2, call_id: 'c', tool: 'execute_python' };
	const asks: NewRunEvent = {
		type: 'approval_requested',
		agent_id: 'a',
		data: { ...call, arguments: { code: whole }, files: [], reason: 'Code runs.' }
	};
	const agrees: NewRunEvent = {
		type: 'approval_given',
		agent_id: 'a',
		data: { turn: 2, call_id: 'c', approved: true, note: 'As you like.' }
	};
	const runs: NewRunEvent[] = [
		{ type: 'tool_called', agent_id: 'a', data: { ...call, arguments: { code: whole } } },
		{
			type: 'tool_finished',
			agent_id: 'a',
			data: { ...call, ok: true, result: { files: [{ name: whole }] }, duration_ms: 1 }
		}
	];

	it('begins long texts, and says so; the one that is asked for is whole', () => {
		const view = viewOf(['a'], [...talk('a', 1, whole), asks, agrees, ...runs]);
		const outline = outlineOf(view, null);
		expect(outline.outline).toBe(true);
		const short = whole.slice(0, 6000);
		expect(outline.steps[0]?.transcript).toMatchObject([
			{ kind: 'text', text: short, cut: true },
			{
				kind: 'approval',
				request: { arguments: { code: short } },
				note: 'As you like.',
				cut: true
			},
			{
				kind: 'tool',
				arguments: { code: short },
				result: { files: [{ name: short }] },
				cut: true
			}
		]);
		const item = view.steps[0]?.transcript[1];
		expect(outlineOf(view, { item: item?.seq ?? 0 }).steps[0]?.transcript).toContainEqual(item);
	});

	it('never cuts what a person has to decide about', () => {
		const view = viewOf(['a'], [begin('a'), asks]);
		expect(outlineOf(view, null).steps[0]?.transcript).toEqual(view.steps[0]?.transcript);
		// Nor left out, whatever has happened since.
		const later = viewOf(['a'], [...talk('a', 100), asks, ...talk('a', 100).slice(1)]);
		expect(shape(outlineOf(later, null))).toEqual([[20, -80, 1, -79, 21]]);
	});

	it('tells what an agent gave to others although its work is left out', () => {
		const made: NewRunEvent = {
			type: 'artifact_collected',
			agent_id: 'b',
			data: {
				filename: 'report.md',
				version: 1,
				agent_id: 'b',
				generated_at: '2026-11-21T12:00:00.000Z',
				size_bytes: 1,
				content_type: 'text/markdown',
				sha256: 'f'
			}
		};
		const view = viewOf(
			['a', 'b', 'c'],
			[...talk('a', 100), ended('a'), begin('b'), made, ended('b')]
		);
		for (const [n, step] of view.steps.entries()) step.depends_on = ['a', 'b', 'c'].slice(0, n);
		const outline = outlineOf(view, null);
		expect(shape(outline)[1]).toEqual([-1]);
		expect(flowsOf(outline)).toEqual(flowsOf(view));
	});

	it('leaves out an answer with its place, also one that was never streamed', () => {
		const long = 'x'.repeat(70_000);
		const view = viewOf(['a', 'b'], [...talk('a', 1), ended('a'), begin('b'), ended('b', long)]);
		const outline = outlineOf(view, null);
		expect(outline.steps.map((step) => step.answer)).toEqual(['Done.', 'x'.repeat(20)]);
		expect(outline.steps[1]?.transcript).toEqual([{ kind: 'gap', seq: 0, count: 1, files: [] }]);
		expect(outlineOf(view, { agent: 'b' }).steps[1]?.answer).toBe(long);
	});
});

describe('readFrom', () => {
	it('reads an item’s number or an agent, and nothing else', () => {
		const read = (query: string) => readFrom(new URLSearchParams(query));
		expect(read('item=12')).toEqual({ item: 12 });
		expect(read('step=agent-1')).toEqual({ agent: 'agent-1' });
		for (const query of ['', 'item=', 'item=0', 'item=-1', 'item=1e3', 'item=x'])
			expect(read(query), query).toBeNull();
	});
});

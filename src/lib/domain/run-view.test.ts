import { describe, expect, it, test } from 'vitest';
import {
	emptyView,
	eventFromPayload,
	eventPayload,
	type NewRunEvent,
	type RunEvent
} from './run-event';
import { apply } from './run-view';

const agent = { id: 'a', role: 'worker', model: 'x:y', tools: [], depends_on: [] };
const started: NewRunEvent = {
	type: 'run_started',
	data: { workflow_id: 'w', name: 'W', user_directive: 'Go', attached_files: [], agents: [agent] }
};
const begin = (attempt = 1, more = {}): NewRunEvent => ({
	type: 'step_started',
	agent_id: 'a',
	data: { attempt, model: 'x:y', ...more }
});
const says = (turn: number, text: string): NewRunEvent => ({
	type: 'text_delta',
	agent_id: 'a',
	data: { turn, text }
});
const calls = (turn: number, call_id: string): NewRunEvent => ({
	type: 'tool_called',
	agent_id: 'a',
	data: { turn, call_id, tool: 'list_files', arguments: {} }
});
const called = (turn: number, call_id: string): NewRunEvent => ({
	type: 'tool_finished',
	agent_id: 'a',
	data: { turn, call_id, tool: 'list_files', ok: true, result: {}, duration_ms: 1 }
});
const ends = (status: 'completed' | 'failed'): NewRunEvent => ({
	type: 'step_finished',
	agent_id: 'a',
	data: {
		status,
		answer: null,
		error: status === 'failed' ? { code: 'x', message: 'It broke.' } : null,
		turns: 1,
		tools_used: [],
		input_tokens: 3,
		output_tokens: 4,
		cost_usd: null
	}
});

function numbered(events: NewRunEvent[]): RunEvent[] {
	return events.map((event, index) => ({
		...event,
		seq: index + 1,
		run_id: 'r',
		at: '2026-11-21T12:00:00.000Z'
	}));
}
const view = (...events: NewRunEvent[]) =>
	numbered([started, ...events]).reduce(apply, emptyView('r'));
const shown = (...events: NewRunEvent[]) =>
	view(...events).steps[0]?.transcript.map((item) => {
		if (item.kind === 'text') return `${item.turn}:${item.text}`;
		return item.kind === 'tool' ? `${item.turn}:${item.call_id}:${item.state}` : item.kind;
	});

describe('tokens of a step that works', () => {
	it('count up with each call that tells them, and are the step’s own at its end', () => {
		const used = { input_tokens: 1200, output_tokens: 34, cost_usd: 0.5 };
		const call: NewRunEvent = {
			type: 'tool_called',
			agent_id: 'a',
			data: { turn: 1, call_id: 'c', tool: 'list_files', arguments: {}, used }
		};
		const working = view(begin(), call, calls(1, 'd'));
		expect(working.steps[0]).toMatchObject({ status: 'running', ...used });
		expect(working.total_tokens_used).toBe(1234);
		expect(working.steps[0]?.transcript[0]).not.toHaveProperty('used');
		expect(view(begin(), call, ends('completed')).total_tokens_used).toBe(7);
	});
});

test('a log applied twice shows the same as once', () => {
	const log = numbered([started, begin(), says(1, 'he'), says(1, 'llo'), ends('completed')]);
	const once = log.reduce(apply, emptyView('r'));
	const copy = structuredClone(once);
	expect(log.reduce(apply, once)).toEqual(copy);
	expect(copy.steps[0]?.transcript).toMatchObject([{ kind: 'text', text: 'hello' }]);
	expect(copy.total_tokens_used).toBe(7);
});

test('R16 after a restart, what was streamed of a turn without a record is not shown twice', () => {
	const again = begin(1, { recovered: true, resume_turn: 2 });
	expect(
		shown(
			begin(),
			says(1, 'first'),
			calls(1, 'c'),
			called(1, 'c'),
			says(2, 'half'),
			again,
			says(2, 'whole')
		)
	).toEqual(['1:first', '1:c:ok', 'attempt', '2:whole']);
});

test('R16 after a restart, a call that never finished is shown once', () => {
	const again = begin(1, { recovered: true, resume_turn: 2 });
	expect(
		shown(
			begin(),
			calls(1, 'c'),
			called(1, 'c'),
			calls(1, 'd'),
			again,
			calls(1, 'd'),
			called(1, 'd')
		)
	).toEqual(['1:c:ok', 'attempt', '1:d:ok']);
});

test('a restart takes back nothing of earlier attempts', () => {
	const again = begin(2, { recovered: true, resume_turn: 1 });
	expect(
		shown(
			begin(),
			says(1, 'old'),
			ends('failed'),
			begin(2),
			says(1, 'new'),
			again,
			says(1, 'newer')
		)
	).toEqual(['1:old', 'attempt', 'attempt', '1:newer']);
});

test('a turn that is asked again shows its text once', () => {
	const log: NewRunEvent = {
		type: 'log',
		agent_id: 'a',
		data: { level: 'warn', message: 'again', resume_turn: 1 }
	};
	expect(shown(begin(), says(1, 'ha'), log, says(1, 'hallo'))).toEqual(['log', '1:hallo']);
});

test('a call that was going on when its step ended is not shown as going on', () => {
	expect(shown(begin(), calls(1, 'c'), ends('failed'))).toEqual(['1:c:failed']);
});

test('R21 a resumed run waits again with what is completed kept', () => {
	const resumed: NewRunEvent = { ...started, data: { ...started.data, resumed: true } };
	const over: NewRunEvent = {
		type: 'run_finished',
		data: { status: 'failed', error: { code: 'x', message: 'x' }, total_tokens_used: 7 }
	};
	const after = view(begin(), ends('failed'), over, resumed);
	expect(after).toMatchObject({ status: 'running', error: null, end_time: null });
	expect(after.steps[0]).toMatchObject({ status: 'waiting', turns: 0, ended_at: null });
	const kept = view(begin(), ends('completed'), over, resumed);
	expect(kept.steps[0]).toMatchObject({ status: 'completed', turns: 1 });
});

const changed: NewRunEvent = {
	type: 'graph_changed',
	agent_id: 'a',
	data: {
		relation: 'child',
		added: [{ ...agent, id: 'x', depends_on: ['a'] }],
		removed: ['b'],
		rewired: [{ id: 'c', depends_on: ['a', 'x'] }]
	}
};

test('R23 a changed graph shows new agents between those they wait for and those that wait', () => {
	const log = numbered([
		{
			type: 'run_started',
			data: {
				...started.data,
				max_token_budget: 9000,
				max_cost_usd: 0.5,
				agents: [
					agent,
					{ ...agent, id: 'b', depends_on: ['a'] },
					{ ...agent, id: 'c', depends_on: ['b'] }
				]
			}
		},
		begin(),
		changed,
		ends('completed')
	]);
	const once = log.reduce(apply, emptyView('r'));
	expect(once).toMatchObject({ max_token_budget: 9000, max_cost_usd: 0.5 });
	expect(once.steps.map((s) => [s.agent_id, s.status, s.depends_on, s.delegated_by])).toEqual([
		['a', 'completed', [], undefined],
		['x', 'waiting', ['a'], 'a'],
		['c', 'waiting', ['a', 'x'], undefined]
	]);
	expect(once.steps[0]?.transcript).toMatchObject([
		{ kind: 'delegation', relation: 'child', added: ['x'], removed: ['b'] }
	]);
	const copy = structuredClone(once);
	expect(log.reduce(apply, once)).toEqual(copy);
	const resumed: NewRunEvent = { ...started, data: { ...started.data, resumed: true } };
	const after = numbered([...log, resumed]).reduce(apply, emptyView('r'));
	expect(after.steps.map((step) => step.agent_id)).toEqual(['a', 'x', 'c']);
});

test('every event survives the wire', () => {
	const artifact: NewRunEvent = {
		type: 'artifact_collected',
		agent_id: 'a',
		data: {
			filename: 'x',
			version: 1,
			agent_id: 'a',
			generated_at: '2026-11-21T12:00:00.000Z',
			size_bytes: 1,
			content_type: 'text/plain',
			sha256: 'f'
		}
	};
	for (const event of numbered([
		started,
		begin(),
		says(1, 'x'),
		calls(1, 'c'),
		artifact,
		changed,
		ends('failed')
	])) {
		const sent: unknown = JSON.parse(JSON.stringify(eventPayload(event)));
		if (typeof sent !== 'object' || sent === null) throw new Error('not an object');
		expect(eventFromPayload(event.seq, event.type, { ...sent })).toEqual(event);
	}
});

const at = (seq: number) => `2026-11-21T12:00:${String(seq).padStart(2, '0')}.000Z`;
/** Event n happens n seconds after noon. */
const timed = (...events: NewRunEvent[]) =>
	numbered([started, ...events])
		.map((event): RunEvent => ({ ...event, at: at(event.seq) }))
		.reduce(apply, emptyView('r')).steps[0];
const asks: NewRunEvent = {
	type: 'approval_requested',
	agent_id: 'a',
	data: { turn: 1, call_id: 'c', tool: 'list_files', files: [], reason: 'It lists files.' }
};
const answers = (approved: boolean): NewRunEvent => ({
	type: 'approval_given',
	agent_id: 'a',
	data: { turn: 1, call_id: 'c', approved }
});

test('each time at work has its beginning, its end and how it ended', () => {
	expect(timed(begin())?.attempts).toEqual([
		{ attempt: 1, from: at(2), to: null, status: 'running', error: null }
	]);
	expect(timed(begin(), ends('failed'), begin(2), ends('completed'))?.attempts).toEqual([
		{ attempt: 1, from: at(2), to: at(3), status: 'failed', error: 'It broke.' },
		{ attempt: 2, from: at(4), to: at(5), status: 'completed', error: null }
	]);
});

test('R21 another attempt tells why the one before it failed', () => {
	const transcript = timed(begin(), ends('failed'), begin(2), ends('completed'))?.transcript;
	expect(transcript).toMatchObject([{ kind: 'attempt', attempt: 2, after: 'It broke.' }]);
	const resumed: NewRunEvent = { ...started, data: { ...started.data, resumed: true } };
	const after = timed(begin(), ends('failed'), resumed, begin(2));
	expect(after).toMatchObject({ error: null, transcript: [{ after: 'It broke.' }] });
});

test('R16 a restart in the middle of an attempt does not end it, one after its end begins another', () => {
	const again = begin(1, { recovered: true });
	expect(timed(begin(), again, ends('completed'))?.attempts).toEqual([
		{ attempt: 1, from: at(2), to: at(4), status: 'completed', error: null }
	]);
	expect(timed(begin(), ends('failed'), again)?.attempts.map(({ from, to }) => [from, to])).toEqual(
		[
			[at(2), at(3)],
			[at(4), null]
		]
	);
});

test('R21 a step that was taken over never was at work', () => {
	const over = ends('completed');
	if (over.type !== 'step_finished') throw new Error('not the end of a step');
	over.data.reused = { run_id: 'r0', input_tokens: 1, output_tokens: 1, cost_usd: null };
	expect(timed(over)).toMatchObject({ attempts: [], started_at: at(2), ended_at: at(2) });
});

test('a question is closed by its answer, or by the end of its step, and stays so', () => {
	const asked = (...more: NewRunEvent[]) =>
		timed(begin(), asks, ...more)?.transcript.filter((item) => item.kind === 'approval');
	expect(asked()).toMatchObject([{ approved: null, closed_at: null }]);
	expect(asked(answers(true), ends('completed'))).toMatchObject([
		{ approved: true, closed_at: at(4) }
	]);
	expect(asked(answers(false))).toMatchObject([{ approved: false, closed_at: at(4) }]);
	expect(asked(ends('failed'))).toMatchObject([{ approved: null, closed_at: at(4) }]);
	expect(asked(ends('failed'), begin(2), ends('completed'))).toMatchObject([{ closed_at: at(4) }]);
});

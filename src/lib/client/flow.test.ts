import { describe, expect, it } from 'vitest';
import type { NewRunEvent, RunView } from '$lib/domain/run-event';
import { flowLabel, flowsOf, flowTitle, receivedText } from './flow';
import { factsOf, focusOf } from './node-facts';
import { stepEnd, viewOf } from './testing';

/** Two agents, the second of which waits for the first. */
function pair(events: NewRunEvent[]): RunView {
	const view = viewOf(['a', 'b'], events);
	for (const step of view.steps) if (step.agent_id === 'b') step.depends_on = ['a'];
	return view;
}

const begin = (agent_id: string): NewRunEvent => ({
	type: 'step_started',
	agent_id,
	data: { attempt: 1, model: 'builtin:analyst' }
});
const call: NewRunEvent = {
	type: 'tool_called',
	agent_id: 'a',
	data: { turn: 1, call_id: 'c', tool: 'execute_python', arguments: {} }
};
const made = (filename: string, version = 1): NewRunEvent => ({
	type: 'artifact_collected',
	agent_id: 'a',
	data: {
		filename,
		version,
		agent_id: 'a',
		generated_at: '2026-11-21T12:00:00Z',
		size_bytes: 1,
		content_type: 'text/plain',
		sha256: ''
	}
});
const done = (answer: string | null) => stepEnd('a', {}, { answer });
const step = (view: RunView, id: string) => {
	const found = view.steps.find((s) => s.agent_id === id);
	if (!found) throw new Error(id);
	return found;
};

describe('flowsOf', () => {
	it('says that nothing went before the first agent is done, whatever it has made', () => {
		const [flow] = flowsOf(pair([begin('a'), made('x.csv')]));
		expect(flow).toEqual({ from: 'a', to: 'b', state: 'waiting', files: [], answer: false });
	});

	it('names each file once and tells of the answer when it is done', () => {
		const [flow] = flowsOf(
			pair([begin('a'), made('x.csv'), made('x.csv', 2), made('y.md'), done('ok')])
		);
		expect(flow).toMatchObject({ state: 'passed', files: ['x.csv', 'y.md'], answer: true });
		expect(flow && flowLabel(flow)).toBe('2 files');
		expect(flow && flowTitle(flow)).toBe('a → b: its answer and 2 files: x.csv, y.md');
	});

	it('is active only while the second works', () => {
		const view = pair([begin('a'), done('ok'), begin('b')]);
		expect(flowsOf(view)[0]?.state).toBe('active');
		expect(flowsOf(view).map(flowLabel)).toEqual(['answer']);
	});

	it('says that nothing will come when the first failed', () => {
		const [flow] = flowsOf(pair([begin('a'), stepEnd('a', {}, { status: 'failed' })]));
		expect(flow?.state).toBe('lost');
		expect(flow && flowTitle(flow)).toContain('nothing will come');
	});

	it('tells in words what an agent got', () => {
		const view = pair([begin('a'), made('x.csv'), done('ok')]);
		const flows = flowsOf(view);
		expect(receivedText(step(view, 'a'), flows)).toBe('Waits for nobody.');
		expect(receivedText(step(view, 'b'), flows)).toBe(
			'Waits for a. Got an answer and 1 file from a.'
		);
	});
});

describe('factsOf', () => {
	it('names the tool that is used right now, and only then', () => {
		const view = pair([begin('a'), call]);
		expect(factsOf(step(view, 'a')).doing).toMatchObject({ text: 'execute_python', tone: 'amber' });
		expect(factsOf(step(pair([begin('a'), call, done('ok')]), 'a')).doing).toBeNull();
	});

	it('says what it asks for while it needs a person', () => {
		const asked: NewRunEvent = {
			type: 'approval_requested',
			agent_id: 'a',
			data: { turn: 0, files: [], reason: 'It wants to begin.' }
		};
		const facts = factsOf(step(pair([asked]), 'a'));
		expect(facts.doing).toEqual({
			text: 'asks: to begin',
			tone: 'amber',
			title: 'It wants to begin.'
		});
	});

	it('counts turns, tokens and cost, and says what was taken over and by whom it was added', () => {
		const reused = { run_id: 'r', input_tokens: 1, output_tokens: 1, cost_usd: null };
		const view = pair([
			begin('a'),
			stepEnd('a', { input_tokens: 1200, output_tokens: 34, cost_usd: 0.01 }, { reused })
		]);
		const a = step(view, 'a');
		a.delegated_by = 'lead';
		expect(factsOf(a).reused).toBe(true);
		expect(factsOf(a).counts).toEqual(['1,234 tokens', '$0.01', 'attempt 2', '1 turn']);
		expect(factsOf(a).kind).toBe('worker · builtin:analyst · by lead');
	});

	it('says why a step failed', () => {
		const error = { code: 'model_auth', message: 'The key was refused.' };
		const view = pair([begin('a'), stepEnd('a', {}, { status: 'failed', error })]);
		expect(factsOf(step(view, 'a')).doing).toMatchObject({ text: error.message, tone: 'red' });
	});
});

describe('focusOf', () => {
	it('looks at those that work, else at the last that ended, else at the first', () => {
		expect(focusOf(pair([]).steps)).toEqual(['a']);
		expect(focusOf(pair([begin('a'), done('ok')]).steps)).toEqual(['a']);
		expect(focusOf(pair([begin('a'), done('ok'), begin('b')]).steps)).toEqual(['b']);
		expect(focusOf([])).toEqual([]);
	});
});

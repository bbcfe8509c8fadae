import { describe, expect, it } from 'vitest';
import type { NewRunEvent } from '$lib/domain/run-event';
import { MAX_HITS, searchRun } from './run-search';
import { stepEnd, viewOf } from './testing';
import { blocksOf } from './transcript';

const agent_id = 'reader';
const text = (said: string): NewRunEvent => ({
	type: 'text_delta',
	agent_id,
	data: { turn: 1, text: said }
});
const called: NewRunEvent = {
	type: 'tool_called',
	agent_id,
	data: { turn: 1, call_id: 'c', tool: 'execute_python', arguments: { code: 'Churn = 1  # churn' } }
};
const finished: NewRunEvent = {
	type: 'tool_finished',
	agent_id,
	data: {
		turn: 1,
		call_id: 'c',
		tool: 'execute_python',
		ok: true,
		result: { stdout: 'the CHURN is high', files: ['churn.png'] },
		duration_ms: 5
	}
};
const begun: NewRunEvent = {
	type: 'step_started',
	agent_id,
	data: { attempt: 1, model: 'builtin:analyst' }
};

const find = (events: NewRunEvent[], query: string) =>
	searchRun(viewOf(['reader', 'writer'], [begun, ...events]), query, (step) =>
		blocksOf(step.transcript)
	);

describe('the search in a run', () => {
	it('finds arguments and results of tools, whatever the case, in reading order', () => {
		const { hits, capped } = find([called, finished], 'churn');
		expect(hits.map(({ seq, nth }) => [seq, nth])).toEqual([
			[3, 0],
			[3, 1],
			[3, 2],
			[3, 3]
		]);
		expect(capped).toBe(false);
		expect(find([called, finished], 'execute_python').hits).toHaveLength(1);
	});

	it('finds thoughts, answers, names of agents and files, and errors', () => {
		const thought: NewRunEvent = {
			type: 'thought_delta',
			agent_id,
			data: { turn: 1, text: 'a needle, a needle' }
		};
		const artifact: NewRunEvent = {
			type: 'artifact_collected',
			agent_id,
			data: {
				filename: 'needle.csv',
				version: 1,
				agent_id,
				generated_at: '2026-11-21T12:00:00Z',
				size_bytes: 1,
				content_type: 'text/csv',
				sha256: ''
			}
		};
		const failed = stepEnd(
			agent_id,
			{},
			{ status: 'failed', answer: null, error: { code: 'x', message: 'No needle.' } }
		);
		expect(find([thought, artifact, failed], 'needle').hits.map(({ key }) => key)).toEqual([
			'3',
			'3',
			'4',
			'reader/error'
		]);
		expect(find([], 'WRITER').hits).toEqual([
			{ agent_id: 'writer', key: 'writer/name', seq: null, nth: 0 }
		]);
		const quiet = stepEnd(agent_id, {}, { answer: 'The needle.' });
		expect(find([quiet], 'needle').hits.map(({ key }) => key)).toEqual(['reader/answer']);
	});

	it('takes what is typed as it is, and spaces for any space', () => {
		expect(find([text('a.*b (c)\nd')], '.*b (C) d').hits).toHaveLength(1);
		expect(find([text('axxb')], 'a.*b').hits).toEqual([]);
		expect(find([text('anything')], '  ').hits).toEqual([]);
	});

	it('stops where nobody counts any more', () => {
		const { hits, capped } = find([text('xx'.repeat(MAX_HITS))], 'x');
		expect(hits).toHaveLength(MAX_HITS);
		expect(capped).toBe(true);
	});
});

import { expect, it } from 'vitest';
import { parseRunId } from '../../domain/ids';
import type { NewRunEvent, RunEvent } from '../../domain/run-event';
import { replay } from './replay';

const run = parseRunId('5f6c1b7e-0000-4000-8000-000000000000');

function logOf(news: NewRunEvent[]) {
	const events = news.map((event, i): RunEvent => ({
		...event,
		seq: i + 1,
		run_id: run,
		at: '2026-11-21T12:00:00Z'
	}));
	return {
		read: (_: string, after: number, limit: number) => events.slice(after, after + limit)
	};
}

const started: NewRunEvent = {
	type: 'run_started',
	data: {
		workflow_id: 'w',
		name: 'W',
		user_directive: 'Go',
		attached_files: [],
		agents: [{ id: 'a', role: 'worker', model: 'm', tools: [], depends_on: [] }]
	}
};

it('reads a log of any length to its end', () => {
	const words = Array.from({ length: 2500 }, (): NewRunEvent => ({
		type: 'text_delta',
		agent_id: 'a',
		data: { turn: 1, text: 'x' }
	}));
	const view = replay(logOf([started, ...words]), run);
	expect(view.last_event).toBe(2501);
	expect(view.steps[0]?.transcript[0]).toMatchObject({ kind: 'text', text: 'x'.repeat(2500) });
});

it('is an empty, queued view for a run that has not begun', () => {
	expect(replay(logOf([]), run)).toMatchObject({ run_id: run, status: 'queued', last_event: 0 });
});

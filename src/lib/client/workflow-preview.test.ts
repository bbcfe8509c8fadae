import { expect, it } from 'vitest';
import { agentSchema } from '$lib/domain/workflow';
import { emptyView } from '$lib/domain/run-event';
import { isPreview, previewOf } from './workflow-preview';

const agent = (id: string, ...depends_on: string[]) =>
	agentSchema.parse({ id, depends_on, prompt: 'Do it.', tools: ['read_file'], role: 'observer' });

it('shows every agent of a workflow as waiting, in the order of work', () => {
	const view = previewOf({
		id: 'two-steps',
		name: 'Two steps',
		agents: [agent('writer', 'reader'), agent('reader')]
	});
	expect(view).toMatchObject({ workflow_id: 'two-steps', name: 'Two steps', last_event: 0 });
	expect(view.steps.map((s) => s.agent_id)).toEqual(['reader', 'writer']);
	expect(view.steps[1]).toMatchObject({
		status: 'waiting',
		role: 'observer',
		model: 'fast',
		tools: ['read_file'],
		depends_on: ['reader'],
		started_at: null,
		transcript: [],
		attempts: []
	});
});

it('tells a preview from a run', () => {
	expect(isPreview(previewOf({ id: 'w', name: 'W', agents: [agent('a')] }))).toBe(true);
	expect(isPreview(emptyView('5f6c1b7e-0000-4000-8000-000000000000'))).toBe(false);
});

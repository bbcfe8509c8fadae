import { describe, expect, it } from 'vitest';
import { graphProblems } from '../../domain/graph';
import { workflowSchema } from '../../domain/workflow';
import { createWorkflows } from './workflows';

describe('starter workflows', () => {
	it('R12 are valid and runnable graphs', () => {
		for (const starter of createWorkflows().list()) {
			expect(workflowSchema.parse(starter)).toEqual(starter);
			expect(graphProblems(starter.agents)).toEqual([]);
		}
	});

	it('offer data-profile: profiler, then charts and quality side by side, then writer', () => {
		const workflow = createWorkflows().get('data-profile');
		expect(workflow?.agents.map(({ id, depends_on }) => [id, depends_on])).toEqual([
			['profiler', []],
			['charts', ['profiler']],
			['quality', ['profiler']],
			['writer', ['charts', 'quality']]
		]);
	});

	it('cannot be changed by who reads them, and an unknown id is null', () => {
		const workflows = createWorkflows();
		workflows.list()[0]?.agents.pop();
		expect(workflows.list()[0]?.agents).toHaveLength(4);
		expect(workflows.get('nothing')).toBeNull();
	});
});

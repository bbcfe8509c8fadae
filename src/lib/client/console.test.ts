import { describe, expect, it } from 'vitest';
import { emptyView, type RunView } from '$lib/domain/run-event';
import type { RunStatus } from '$lib/domain/run';
import { workflowSchema } from '$lib/domain/workflow';
import { ConsoleState, pageTitle } from './console.svelte';
import { RailState } from './rail.svelte';
import { stepEnd, viewOf } from './testing';

const RUN = '0b2f6d1e-8c55-4f6b-9c1a-2d3e4f5a6b7c';

function workflow(id: string) {
	return workflowSchema.parse({ id, name: id, agents: [{ id: `${id}-agent`, prompt: 'work' }] });
}

function rail(): RailState {
	return new RailState({
		library: [],
		artifacts: [],
		limits: { file_bytes: 1, library_bytes: 1, artifact_bytes: 1 },
		usage: { library_bytes: 0, artifact_bytes: 0, files: 0 }
	});
}

function run(status: RunStatus): RunView {
	return { ...emptyView(RUN), workflow_id: 'second', user_directive: 'find churn', status };
}

const workflows = [workflow('first'), workflow('second')];

describe('ConsoleState', () => {
	it('shows the chosen workflow until there is a run', () => {
		const desk = new ConsoleState({ workflows, rail: rail(), run: null });
		expect(desk.workflowId).toBe('first');
		desk.workflowId = 'second';
		expect(desk.view?.steps.map((step) => step.agent_id)).toEqual(['second-agent']);
		expect(desk.active).toBe(false);
	});

	it('takes directive and workflow of the run on screen, so that it can be run again', () => {
		const desk = new ConsoleState({ workflows, rail: rail(), run: run('completed') });
		expect(desk.workflowId).toBe('second');
		expect(desk.directive).toBe('find churn');
		expect(desk.active).toBe(false);
	});

	it('keeps the agents of a run that was just started in sight until it tells its own', () => {
		const desk = new ConsoleState({ workflows, rail: rail(), run: null });
		desk.connect = () => undefined;
		desk.follow(RUN);
		expect(desk.run?.steps).toEqual([]);
		expect(desk.view).toMatchObject({ run_id: RUN, workflow_id: 'first', status: 'queued' });
		expect(desk.view?.steps.map((step) => step.agent_id)).toEqual(['first-agent']);

		const done = viewOf(['a', 'b'], [stepEnd('a')]);
		const added = done.steps.map((step) => ({ ...step, agent_id: 'c', delegated_by: 'a' }));
		desk.follow(RUN, { ...done, steps: [...done.steps, ...added] });
		expect(desk.view?.steps.map(({ agent_id, status }) => `${agent_id} ${status}`)).toEqual([
			'a waiting',
			'b waiting'
		]);
	});

	it('counts a waiting run as active: it can be stopped', () => {
		const desk = new ConsoleState({ workflows, rail: rail(), run: run('queued') });
		expect(desk.active).toBe(true);
	});

	it('keeps what was typed when the form came back with a problem', () => {
		const desk = new ConsoleState({ workflows, rail: rail(), run: null, directive: 'typed' });
		expect(desk.directive).toBe('typed');
	});

	it('falls back to a workflow that exists when the address names another', () => {
		const desk = new ConsoleState({ workflows, rail: rail(), run: null, workflowId: 'gone' });
		expect(desk.workflowId).toBe('first');
	});

	it('offers the workflow of the run on screen though it is not stored, until that run is gone', async () => {
		const shelf = rail();
		shelf.refresh = async () => true;
		const own = `run:${RUN}`;
		const shown = {
			...viewOf(['a'], [stepEnd('a')]),
			name: 'Inline',
			status: 'completed' as const
		};
		const desk = new ConsoleState({ workflows, rail: shelf, run: shown });
		desk.connect = () => undefined;
		expect(desk.choices.map(({ name }) => name)).toEqual([
			'Inline (not stored)',
			'first',
			'second'
		]);
		expect(desk.workflowId).toBe(own);

		desk.follow('1b2f6d1e-8c55-4f6b-9c1a-2d3e4f5a6b7c');
		expect(desk.view?.steps.map((s) => `${s.agent_id} ${s.status}`)).toEqual(['a waiting']);
		await desk.changed({ run_id: RUN, done: 'removed' });
		expect(desk.choices.map(({ id }) => id)).toEqual(['first', 'second']);
		expect(desk.workflowId).toBe('first');
	});

	it('keeps what is written and attached when a run is steered from elsewhere', async () => {
		const shelf = rail();
		let refreshed = 0;
		shelf.refresh = async () => (refreshed += 1) > 0;
		const desk = new ConsoleState({ workflows, rail: shelf, run: run('failed') });
		desk.directive = 'typed since';
		shelf.attached.add('a.csv');
		const reopened: string[] = [];
		desk.reopen = () => void reopened.push(desk.run?.run_id ?? '');

		await desk.changed({ run_id: 'another', done: 'removed' });
		await desk.changed({ run_id: 'another', done: 'resumed' });
		expect([desk.run?.run_id, reopened]).toEqual([RUN, []]);
		await desk.changed({ run_id: RUN, done: 'resumed' });
		expect(reopened).toEqual([RUN]);
		await desk.changed({ run_id: RUN, done: 'removed' });
		expect(desk.run).toBeNull();
		expect([desk.directive, ...shelf.attached]).toEqual(['typed since', 'a.csv']);
		expect(refreshed).toBe(4);
	});

	it('hands every event of the run to the rail', () => {
		const shelf = rail();
		const desk = new ConsoleState({ workflows, rail: shelf, run: run('running') });
		desk.feed?.onEvent?.({
			seq: 1,
			type: 'run_started',
			run_id: RUN,
			at: '2026-11-21T12:00:00Z',
			data: {
				workflow_id: 'second',
				name: 'second',
				user_directive: '',
				attached_files: [],
				agents: []
			}
		});
		expect(shelf.currentRunId).toBe(RUN);
	});
});

describe('pageTitle', () => {
	it('tells in the tab how the run stands', () => {
		expect(pageTitle(null)).toBe('Raro');
		expect(pageTitle(run('running'))).toBe('● Running · 0b2f6d1e – Raro');
		expect(pageTitle(run('failed'))).toBe('✕ Failed · 0b2f6d1e – Raro');
	});
});

import { goto } from '$app/navigation';
import type { Action } from '$lib/client/actions.svelte';
import { callApi } from '$lib/client/api';
import { markOf } from '$lib/client/status';
import { shortId } from '$lib/domain/ids';
import type { RunSummary } from '$lib/domain/run';
import type { WorkflowConfig } from '$lib/domain/workflow';

const RUNS = 100;

/** What can be done with stored runs and workflows, asked of the server. @throws ApiError */
export async function storedActions(): Promise<Action[]> {
	const [runs, workflows] = await Promise.all([
		callApi<{ runs: RunSummary[] }>('GET', `/runtime/runs?limit=${RUNS}`),
		callApi<{ workflows: WorkflowConfig[] }>('GET', '/runtime/workflows')
	]);
	return [
		...runs.body.runs.map(openRun),
		...workflows.body.workflows.flatMap((workflow) => workflowActions(workflow))
	];
}

function openRun(run: RunSummary): Action {
	const asked = run.user_directive.trim().split('\n', 1)[0] || run.name;
	return {
		id: `run.open:${run.run_id}`,
		title: `Open run ${shortId(run.run_id)}: ${asked}`,
		group: 'Runs',
		keywords: `${run.name} ${run.run_id}`,
		hint: markOf(run.status).word,
		quiet: true,
		run: () => goto(`/runs/${run.run_id}`)
	};
}

function workflowActions({ id, name }: WorkflowConfig): Action[] {
	const segment = encodeURIComponent(id);
	const of = { group: 'Workflows', keywords: id, quiet: true } as const;
	return [
		{
			...of,
			id: `workflow.open:${id}`,
			title: `Open workflow ${name}`,
			run: () => goto(`/workflows/${segment}`)
		},
		{
			...of,
			id: `workflow.use:${id}`,
			title: `Use workflow ${name} in the console`,
			run: () => goto(`/?workflow=${segment}`)
		},
		{
			...of,
			id: `workflow.copy:${id}`,
			title: `Duplicate workflow ${name}`,
			run: () => goto(`/plan?copy=${segment}`)
		}
	];
}

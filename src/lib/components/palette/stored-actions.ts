import { goto, invalidateAll } from '$app/navigation';
import { page } from '$app/state';
import type { Action } from '$lib/client/actions.svelte';
import { callApi } from '$lib/client/api';
import { tellRunChange, type RunChange } from '$lib/client/run-changes';
import { canResume } from '$lib/client/run-rows';
import { markOf } from '$lib/client/status';
import { confirm } from '$lib/components/ui/confirm.svelte';
import { toast } from '$lib/components/ui/toasts.svelte';
import { shortId } from '$lib/domain/ids';
import { isActive, type RunSummary } from '$lib/domain/run';
import type { WorkflowConfig } from '$lib/domain/workflow';

const RUNS = 100;

/** What can be done with stored runs and workflows, asked of the server. @throws ApiError */
export async function storedActions(): Promise<Action[]> {
	const [runs, workflows] = await Promise.all([
		callApi<{ runs: RunSummary[] }>('GET', `/runtime/runs?limit=${RUNS}`),
		callApi<{ workflows: WorkflowConfig[] }>('GET', '/runtime/workflows')
	]);
	return [
		...runs.body.runs.flatMap((run) => [openRun(run), ...steerRun(run)]),
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

/** What can be done with a run from anywhere. */
function steerRun(run: RunSummary): Action[] {
	const { run_id, status } = run;
	const id = shortId(run_id);
	const of = {
		group: 'Runs',
		keywords: `${run.name} ${run.user_directive.slice(0, 100)}`,
		hint: markOf(status).word,
		quiet: true,
		second: true
	} as const;
	const stop: Action = {
		...of,
		id: `run.stop:${run_id}`,
		title: `Stop run ${id}`,
		run: () => steer({ run_id, done: 'stopped' }, `Stopping run ${id}.`)
	};
	const resume: Action = {
		...of,
		id: `run.resume:${run_id}`,
		title: `Resume run ${id}`,
		run: () => steer({ run_id, done: 'resumed' }, `Run ${id} goes on.`)
	};
	const rerun: Action = {
		...of,
		id: `run.rerun:${run_id}`,
		title: `Re-run ${id} with changes`,
		run: () => goto(`/runs/${run_id}#rerun`)
	};
	const remove: Action = {
		...of,
		id: `run.remove:${run_id}`,
		title: `Delete run ${id}`,
		run: () => removeRun(run_id)
	};
	if (isActive(status)) return [stop];
	return canResume(run) ? [resume, rerun, remove] : [rerun, remove];
}

const STEPS = {
	stopped: ['POST', '/stop'],
	resumed: ['POST', '/resume'],
	removed: ['DELETE', '']
} as const;

async function steer(change: RunChange, said: string) {
	const { run_id, done } = change;
	const [method, step] = STEPS[done];
	try {
		await callApi(method, `/runtime/${run_id}${step}`);
		const way = done === 'removed' ? {} : { href: `/runs/${run_id}`, linkText: 'Its page' };
		toast({ tone: 'success', message: said, ...way });
	} catch (error) {
		toast({ tone: 'error', message: error instanceof Error ? error.message : String(error) });
		return;
	}
	if (page.params.run === run_id && done === 'removed') await goto('/runs');
	else await tellRunChange(change, invalidateAll);
}

async function removeRun(runId: string) {
	const id = shortId(runId);
	const yes = await confirm({
		title: `Delete run ${id}?`,
		message: 'Its log and all its artifacts are deleted for good. Copies in the Library stay.',
		action: 'Delete'
	});
	if (yes) await steer({ run_id: runId, done: 'removed' }, `Deleted run ${id}.`);
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
			run: () => goto(`/workflows/new?copy=${segment}`)
		}
	];
}

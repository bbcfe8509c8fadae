import { topologicalOrder } from '$lib/domain/graph';
import { emptyView, type RunView } from '$lib/domain/run-event';
import { waitingStep } from '$lib/domain/run-view';
import type { WorkflowConfig } from '$lib/domain/workflow';

/**
 * A workflow as the stage shows it before a run: every agent waits, nothing has happened. Such a
 * view has no run id.
 */
export function previewOf(workflow: Pick<WorkflowConfig, 'id' | 'name' | 'agents'>): RunView {
	return {
		...emptyView(''),
		workflow_id: workflow.id,
		name: workflow.name,
		steps: topologicalOrder(workflow.agents).map(waitingStep)
	};
}

/** Whether the view shows a workflow that is not running yet. */
export function isPreview(view: RunView): boolean {
	return view.run_id === '';
}

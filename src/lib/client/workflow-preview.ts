import { topologicalOrder } from '$lib/domain/graph';
import { emptyView, type AgentNode, type RunView } from '$lib/domain/run-event';
import { waitingStep } from '$lib/domain/run-view';

/** Who is in a workflow and who waits for whom: all that the stage needs, and none of its prompts. */
export interface WorkflowShape {
	id: string;
	name: string;
	agents: AgentNode[];
}

export function shapeOf({ id, name, agents }: WorkflowShape): WorkflowShape {
	return {
		id,
		name,
		agents: agents.map(({ id, role, model, tools, depends_on }) => {
			return { id, role, model, tools, depends_on };
		})
	};
}

/**
 * A workflow as the stage shows it before a run: every agent waits, nothing has happened. Such a
 * view has no run id.
 */
export function previewOf(workflow: WorkflowShape): RunView {
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

import { topologicalOrder } from '$lib/domain/graph';
import { emptyView, type RunView } from '$lib/domain/run-event';
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
		steps: topologicalOrder(workflow.agents).map((agent) => ({
			agent_id: agent.id,
			role: agent.role,
			model: agent.model,
			tools: agent.tools,
			depends_on: agent.depends_on,
			status: 'waiting',
			attempt: 0,
			turns: 0,
			tools_used: [],
			input_tokens: 0,
			output_tokens: 0,
			cost_usd: null,
			started_at: null,
			ended_at: null,
			answer: null,
			error: null,
			transcript: []
		}))
	};
}

/** Whether the view shows a workflow that is not running yet. */
export function isPreview(view: RunView): boolean {
	return view.run_id === '';
}

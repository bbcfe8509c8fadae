const PREFIX = 'run:';

/** Names the workflow of a run where the id of a stored one could stand: that never holds a colon. */
export function workflowOfRun(runId: string): string {
	return PREFIX + runId;
}

/** Which run's workflow is meant; null when it is the id of a stored one. */
export function runOfWorkflow(workflowId: string): string | null {
	return workflowId.startsWith(PREFIX) ? workflowId.slice(PREFIX.length) : null;
}

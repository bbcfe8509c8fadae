import type { WorkflowConfig } from '$lib/domain/workflow';

/** Has the browser save the workflow as a JSON file. */
export function downloadWorkflow(config: WorkflowConfig): void {
	const text = `${JSON.stringify(config, null, '\t')}\n`;
	const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
	const link = document.createElement('a');
	link.href = url;
	link.download = `${config.id}.json`;
	link.click();
	// The download has its own hold on it by then.
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

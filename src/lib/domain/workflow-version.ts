import type { WorkflowConfig } from './workflow';

/** One version of a stored workflow, as a list shows it. */
export interface WorkflowVersionInfo {
	/** From 1. */
	version: number;
	created_at: string;
	/** What the workflow was called then. */
	name: string;
	/** How many it had. */
	agents: number;
}

/** One version, whole. */
export interface WorkflowVersion {
	version: number;
	created_at: string;
	workflow: WorkflowConfig;
}

/**
 * What names one version of a stored workflow for good: numbers begin again when a workflow is
 * deleted and another is stored under its id. The API sends it as the ETag.
 */
export function versionTag({
	version,
	created_at
}: Pick<WorkflowVersion, 'version' | 'created_at'>): string {
	return `${version}-${Date.parse(created_at).toString(36)}`;
}

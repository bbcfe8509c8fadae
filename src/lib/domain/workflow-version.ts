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

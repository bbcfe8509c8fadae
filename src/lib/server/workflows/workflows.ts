import type { WorkflowConfig } from '../../domain/workflow';
import { DATA_PROFILE } from './data-profile';

/** Workflows that are there without anybody having made them. Read-only. */
export interface Workflows {
	/** Starters, in the order they should be offered. */
	list(): WorkflowConfig[];
	get(id: string): WorkflowConfig | null;
}

export function createWorkflows(): Workflows {
	const starters = [DATA_PROFILE];
	return {
		list: () => structuredClone(starters),
		get: (id) => structuredClone(starters.find((starter) => starter.id === id) ?? null)
	};
}

import type { RailData } from '$lib/client/rail-data';
import type { RunView } from '$lib/domain/run-event';
import type { WorkflowConfig } from '$lib/domain/workflow';

/** Models by the names that workflows use. */
export type Models = Record<
	string,
	{ model: string; available: boolean; /** Why it cannot be used. */ detail: string | null }
>;

/** What the console's page loads. */
export interface ConsoleData extends RailData {
	workflows: WorkflowConfig[];
	sandbox: { kind: string; tier?: string; detail: string };
	models: Models;
	/** Why no workflow can be planned; null when one can. */
	unplannable: string | null;
	/** The run on screen. */
	current: RunView | null;
}

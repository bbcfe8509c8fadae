import type { RailData } from '$lib/client/rail-data';
import type { WorkflowShape } from '$lib/client/workflow-preview';
import type { RunView } from '$lib/domain/run-event';

/** Models by the names that workflows use. */
export type Models = Record<
	string,
	{ model: string; available: boolean; /** Why it cannot be used. */ detail: string | null }
>;

/** What the console's page loads. */
export interface ConsoleData extends RailData {
	workflows: WorkflowShape[];
	sandbox: { kind: string; tier?: string; detail: string };
	models: Models;
	/** Why no workflow can be planned; null when one can. */
	unplannable: string | null;
	/** The run on screen. */
	current: RunView | null;
}

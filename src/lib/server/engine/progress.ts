import { isSettled } from '../../domain/run';
import type { StepStanding } from './step-store';

/**
 * Which steps become ready as others complete, without reading a row. Only as true as the write units
 * that tell it: whoever sees one of them fail throws it away, and the rows are read again.
 */
export interface Progress {
	/** The steps that this completion makes ready, and whether it leaves nothing to wait for. */
	complete(agentId: string): { ready: StepStanding[]; over: boolean };
}

export function createProgress(
	agents: readonly { id: string; depends_on: readonly string[] }[],
	steps: readonly StepStanding[]
): Progress {
	const standing = new Map(steps.map((step) => [step.agentId, step]));
	/** How many steps each waiting one still waits for. */
	const missing = new Map<string, number>();
	const dependents = new Map<string, string[]>();
	let open = 0;
	for (const { id, depends_on } of agents) {
		const status = standing.get(id)?.status;
		if (status !== undefined && !isSettled(status)) open += 1;
		if (status !== 'waiting') continue;
		const uncompleted = new Set(depends_on.filter((d) => standing.get(d)?.status !== 'completed'));
		missing.set(id, uncompleted.size);
		for (const d of uncompleted) dependents.set(d, [...(dependents.get(d) ?? []), id]);
	}
	return {
		complete(agentId) {
			open -= 1;
			const ready: StepStanding[] = [];
			for (const id of dependents.get(agentId) ?? []) {
				const left = (missing.get(id) ?? 0) - 1;
				missing.set(id, left);
				const step = standing.get(id);
				if (left === 0 && step) ready.push(step);
			}
			return { ready, over: open === 0 };
		}
	};
}

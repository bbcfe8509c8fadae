import type { ActiveRun } from './active-run';
import type { EngineDeps } from './deps';

/**
 * What lay in `output/` when a run went on, and is not to be taken for what its steps write from then
 * on. A file that is written anew is another one, and is nobody's leftover.
 */
export interface Leftovers {
	/** Files that are to be passed over for now, by identity. */
	passedOver(): ReadonlySet<string>;
	/** A step has done all it will do. True when files came free by that. */
	release(agentId: string): boolean;
}

/**
 * Artifacts that a person has deleted stay deleted. What was not recorded when the server went down is
 * of a tool call that its own step repeats: nobody else may take it, so it waits until all of
 * `recovered` have ended, and goes to the last of them if none has written it again.
 */
export async function findLeftovers(
	deps: Pick<EngineDeps, 'collector' | 'log'>,
	run: ActiveRun,
	recovered: readonly string[]
): Promise<Leftovers | null> {
	try {
		const { deleted, unrecorded } = await deps.collector.leftovers(run.id);
		const repeating = new Set(recovered);
		const held = repeating.size > 0 ? unrecorded : [];
		if (deleted.length + held.length === 0) return null;
		let passed = new Set([...deleted, ...held]);
		return {
			passedOver: () => passed,
			release(agentId) {
				if (!repeating.delete(agentId) || repeating.size > 0) return false;
				passed = new Set(deleted);
				return held.length > 0;
			}
		};
	} catch (error) {
		// The run goes on without: at worst, a file is credited to another step of it.
		deps.log.error({ err: error, run_id: run.id }, 'could not look for what a run has left');
		return null;
	}
}

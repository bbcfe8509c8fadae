import { isAgentId } from '../../domain/ids';
import type { ActiveRun } from './active-run';
import type { EngineDeps } from './deps';
import type { Task } from './dispatch';
import { findLeftovers } from './leftovers';
import type { RunStore } from './run-store';
import type { Settled } from './settle';
import { stepFinished, type StepStore } from './step-store';

/** Brings back what a run was doing when the server went down. */
export function createRecovery(bound: {
	deps: Pick<EngineDeps, 'db' | 'events' | 'log' | 'collector'>;
	runs: RunStore;
	steps: StepStore;
	settle(run: ActiveRun): Settled;
}): {
	/**
	 * Steps that were running are to be claimed again, each going on from what it recorded; in a run that
	 * was being stopped they end instead.
	 */
	recover(run: ActiveRun): Promise<Settled>;
} {
	const { deps, runs, steps, settle } = bound;
	return {
		async recover(run) {
			const running = steps.statuses(run.id).filter((step) => step.status === 'running');
			const recovered = running.map((step) => step.agentId);
			run.leftovers = await findLeftovers(deps, run, recovered);
			return deps.db.write(() => {
				const stopping = runs.standing(run.id)?.stopRequested ?? false;
				const again: Task[] = [];
				for (const { agentId, status, epoch } of steps.statuses(run.id)) {
					if (status !== 'running' || !isAgentId(agentId)) continue;
					if (!stopping) {
						again.push({ runId: run.id, agentId, client: run.client, epoch, recovered: true });
						continue;
					}
					const change = { from: 'running', to: 'cancelled', error: null } as const;
					const used = steps.settle(run.id, agentId, change);
					if (used) deps.events.append(run.id, [stepFinished(used, 'cancelled', null, null)]);
				}
				const { ready, ended } = settle(run);
				deps.log.info({ run_id: run.id, steps: again.length }, 'a run goes on after a restart');
				return { ready: [...again, ...ready], ended };
			});
		}
	};
}

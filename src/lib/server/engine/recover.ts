import { isAgentId } from '../../domain/ids';
import type { ActiveRun } from './active-run';
import type { ApprovalStore } from './approval-store';
import type { EngineDeps } from './deps';
import type { Task } from './dispatch';
import { findLeftovers } from './leftovers';
import type { RunStore } from './run-store';
import type { Settled } from './settle';
import { stepFinished, type StepStore } from './step-store';

/** Brings back what a run was doing when the server went down, or all of it had to wait for a person. */
export function createRecovery(bound: {
	deps: Pick<EngineDeps, 'db' | 'events' | 'log' | 'collector'>;
	runs: RunStore;
	steps: StepStore;
	approvals: ApprovalStore;
	settle(run: ActiveRun): Settled;
}): {
	/**
	 * Steps that were running, or may go on since a person has decided, are to be claimed again, each
	 * going on from what it recorded; in a run that was being stopped they end instead.
	 * @param restarted the server went down meanwhile
	 */
	recover(run: ActiveRun, restarted: boolean): Promise<Settled>;
} {
	const { deps, runs, steps, approvals, settle } = bound;
	return {
		async recover(run, restarted) {
			const running = steps.statuses(run.id).filter((step) => step.status === 'running');
			const recovered = running.map((step) => step.agentId);
			run.leftovers = await findLeftovers(deps, run, restarted ? recovered : []);
			return deps.db.write(() => {
				if (run.asking) approvals.showWaiting(run.id, true);
				else if (restarted) runs.forgetDowntime(run.id);
				const stopping = runs.standing(run.id)?.stopRequested ?? false;
				const again: Task[] = [];
				for (const { agentId, status, epoch } of steps.statuses(run.id)) {
					if (status !== 'running' || !isAgentId(agentId)) continue;
					if (!stopping) {
						const task = { runId: run.id, agentId, client: run.client, epoch };
						again.push({ ...task, recovered: restarted, decided: !restarted });
						continue;
					}
					const change = { from: 'running', to: 'cancelled', error: null } as const;
					const used = steps.settle(run.id, agentId, change);
					if (used) deps.events.append(run.id, [stepFinished(used, 'cancelled', null, null)]);
				}
				const { ready, ended } = settle(run);
				const why = restarted ? 'a run goes on after a restart' : 'a run goes on after a decision';
				deps.log.info({ run_id: run.id, steps: again.length }, why);
				return { ready: [...again, ...ready], ended };
			});
		}
	};
}

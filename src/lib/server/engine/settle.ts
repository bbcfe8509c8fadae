import { nextMoves } from '../../domain/graph';
import { isAgentId } from '../../domain/ids';
import { isActive, type Failure, type RunStatus, type StepStatus } from '../../domain/run';
import type { NewRunEvent } from '../../domain/run-event';
import type { ActiveRun } from './active-run';
import type { ApprovalStore } from './approval-store';
import type { Task } from './dispatch';
import type { EventLog } from './ports';
import { createProgress } from './progress';
import type { ReuseStore } from './reuse-store';
import type { RunStore } from './run-store';
import { stepFinished, type StepStore } from './step-store';

export interface Settled {
	/** Steps whose dependencies are completed. */
	ready: Task[];
	/** Whether the run is over, also when somebody else ended it. */
	ended: boolean;
}

/**
 * `settle` reads where a run's steps stand, ends those that will not start any more, and
 * ends the run when all have ended. Repeating it changes nothing. Only inside a write unit.
 */
export interface Settling {
	/** Only inside a write unit. */
	settle(run: ActiveRun): Settled;
	/**
	 * What follows from a step's end, as `settle` finds it; from memory as long as steps complete. Only
	 * inside the write unit that ended the step, and as the last thing in it that may throw.
	 */
	stepEnded(run: ActiveRun, agentId: string, status: StepStatus): Settled;
	/** The same without a write unit: null when there is something to write. */
	peek(run: ActiveRun): Settled | null;
	/** Whether all that goes on in the run is waiting for a person. Reads rows. */
	onlyWaits(run: ActiveRun): boolean;
}

export function createSettling(deps: {
	runs: RunStore;
	steps: StepStore;
	approvals: ApprovalStore;
	reused: Pick<ReuseStore, 'saved'>;
	events: EventLog;
	now: () => Date;
	retentionMs: number;
}): Settling {
	const { runs, steps, approvals, reused, events, now, retentionMs } = deps;

	function look(run: ActiveRun) {
		const standing = runs.standing(run.id);
		if (standing === null || !isActive(standing.status)) return { ready: [], ended: true };
		if (standing.status === 'queued') return { ready: [], ended: false };
		const rows = steps.statuses(run.id);
		const statuses = new Map(rows.map((row) => [row.agentId, row.status]));
		const halt = standing.stopRequested ? 'cancelled' : run.halt ? 'skipped' : null;
		const moves = nextMoves(run.agents, statuses, halt);
		const epochs = new Map(rows.map((row) => [row.agentId, row.epoch]));
		const ready = moves.ready.map((id) => taskOf(run, id, epochs.get(id) ?? 0));
		return { ready, ended: moves.outcome !== null, moves, statuses, rows };
	}

	function settle(run: ActiveRun): Settled {
		run.progress = null;
		const { ready, ended, moves, statuses, rows } = look(run);
		if (!moves) return { ready, ended };
		const news: NewRunEvent[] = [];
		for (const { id, status, because } of moves.settle) {
			const error = status === 'skipped' ? (run.halt ?? skippedBecause(because)) : null;
			const from = statuses.get(id) ?? 'waiting';
			const used = steps.settle(run.id, id, { from, to: status, error });
			if (from === 'awaiting_approval') approvals.showWaiting(run.id, true);
			if (used) news.push(stepFinished(used, status, null, error));
			statuses.set(id, status);
		}
		if (moves.outcome !== null) {
			const error = moves.outcome === 'failed' ? failureOf(run, statuses) : null;
			const expires = new Date(now().getTime() + retentionMs);
			if (runs.end(run.id, moves.outcome, error, expires))
				news.push(...reused.saved(run), runFinished(moves.outcome, error, steps.tokens(run.id)));
		}
		events.append(run.id, news);
		if (moves.settle.length === 0) run.progress = createProgress(run.agents, rows);
		return { ready, ended };
	}

	return {
		settle,
		stepEnded(run, agentId, status) {
			const { progress } = run;
			if (progress === null || status !== 'completed' || run.halt !== null || run.stopping)
				return settle(run);
			const { ready, over } = progress.complete(agentId);
			if (over) return settle(run);
			return { ready: ready.map((step) => taskOf(run, step.agentId, step.epoch)), ended: false };
		},
		peek(run) {
			const { ready, ended, moves } = look(run);
			const writes = moves ? ended || moves.settle.length > 0 : !ended;
			return writes ? null : { ready, ended };
		},
		onlyWaits(run) {
			const { ready, ended, moves, rows } = look(run);
			if (!moves || ended || ready.length + moves.settle.length > 0) return false;
			return rows.every((row) => row.status !== 'running');
		}
	};
}

export function runFinished(status: RunStatus, error: Failure | null, tokens: number): NewRunEvent {
	return { type: 'run_finished', data: { status, error, total_tokens_used: tokens } };
}

function taskOf(run: ActiveRun, agent: string, epoch: number): Task {
	if (!isAgentId(agent)) throw new Error(`The stored id ${JSON.stringify(agent)} is not one.`);
	return { runId: run.id, agentId: agent, client: run.client, epoch, recovered: false };
}

function skippedBecause(dependency: string | null): Failure {
	return {
		code: 'skipped',
		message: `It waits for "${dependency ?? ''}", which was not completed.`
	};
}

/** Names the steps that failed or were skipped. */
function failureOf(run: ActiveRun, statuses: ReadonlyMap<string, StepStatus>): Failure {
	const having = (wanted: StepStatus) =>
		run.agents.filter(({ id }) => statuses.get(id) === wanted).map(({ id }) => `"${id}"`);
	const failed = having('failed');
	const skipped = having('skipped');
	const message = [
		...(run.halt ? [run.halt.message] : []),
		...(failed.length > 0 ? [`Failed: ${failed.join(', ')}.`] : []),
		...(skipped.length > 0 ? [`Skipped: ${skipped.join(', ')}.`] : [])
	].join(' ');
	return { code: run.halt?.code ?? 'step_failed', message };
}

import { DomainError, notFound } from '../../domain/errors';
import type { ClientId, RunId } from '../../domain/ids';
import type { EventData, NewRunEvent } from '../../domain/run-event';
import type { Decision } from '../../domain/workflow';
import type { ApprovalStore, Pending } from './approval-store';
import type { EngineDeps } from './deps';
import type { RunStore } from './run-store';
import type { Settling } from './settle';
import type { Stage } from './stage';
import { stepFinished, type StepStore } from './step-store';

interface ApproveDeps {
	deps: Pick<EngineDeps, 'db' | 'events' | 'log'>;
	runs: RunStore;
	steps: StepStore;
	approvals: ApprovalStore;
	settling: Pick<Settling, 'settle'>;
	stage: Pick<Stage, 'get' | 'goOn' | 'follow' | 'leave'>;
}

/**
 * Takes a person's decision. What was approved goes on from where it waits; a refused call is an answer
 * that the model reads; a refused agent fails.
 * @throws DomainError `not_found`; `invalid` for an agent that the run does not have; `conflict` when
 * it waits for nobody, or for something else than was decided on
 */
export function createApprove(bound: ApproveDeps) {
	const { deps, runs, steps, approvals, settling, stage } = bound;

	return async (client: ClientId, id: RunId, decision: Decision): Promise<void> => {
		const { agent_id: agentId, approved } = decision;
		const note = decision.note?.trim() || null;
		const decided = deps.db.write(() => {
			const row = runs.row(id);
			if (row?.clientId !== client) throw notFound();
			if (!steps.statuses(id).some((step) => step.agentId === agentId))
				throw new DomainError('invalid', `The run has no agent "${agentId}".`, [
					{ agent_id: agentId, problem: 'unknown_agent' }
				]);
			const pending = approvals.pending(id, agentId);
			if (!pending || row.stopRequested)
				throw new DomainError('conflict', `The agent "${agentId}" does not wait for a decision.`);
			requireSame(pending, decision);
			if (!approvals.decide(id, agentId, { approved, note }))
				throw new Error(`A decision on "${agentId}" of run ${id} did not find what it is about.`);
			const { turn, call_id } = pending.request;
			const given: EventData['approval_given'] = {
				turn,
				...(call_id === undefined ? {} : { call_id }),
				approved,
				...(note === null ? {} : { note })
			};
			const news: NewRunEvent[] = [{ type: 'approval_given', agent_id: agentId, data: given }];
			const run = stage.get(id);
			const refused = !approved && call_id === undefined;
			if (refused) {
				const message = `A person refused to let the agent begin.${note === null ? '' : ` Note: ${note}`}`;
				const error = { code: 'approval_refused', message };
				steps.settle(id, agentId, { from: 'running', to: 'failed', error });
				news.push(stepFinished(pending, 'failed', null, error));
			}
			deps.events.append(id, news);
			approvals.showWaiting(id, run !== null);
			if (!refused) {
				const { epoch } = pending;
				const task = { runId: id, agentId, client, epoch, recovered: false, decided: true };
				return { run, task, ended: false };
			}
			const known = run ?? runs.load(id);
			return { run, task: null, ended: known === null || settling.settle(known).ended };
		});
		const { run, task, ended } = await decided.catch((error: unknown) => {
			// What is in memory may have been told of a write that did not happen.
			const known = stage.get(id);
			if (known) known.progress = null;
			throw error;
		});
		deps.log.info({ run_id: id, agent_id: agentId, approved }, 'a person has decided');
		if (task) stage.goOn(task);
		else if (run) stage.follow(run, { ready: [], ended });
		else if (ended) stage.leave({ id, client });
	};
}

/** A person who was shown something else must not decide on this. */
function requireSame({ request }: Pending, { agent_id, turn, call_id }: Decision): void {
	if (
		(turn === undefined || turn === request.turn) &&
		(call_id === undefined || call_id === request.call_id)
	)
		return;
	const waits = request.tool === undefined ? 'to begin' : `to call "${request.tool}"`;
	throw new DomainError(
		'conflict',
		`The agent "${agent_id}" waits ${waits} in turn ${request.turn}, which is not what was decided on.`
	);
}

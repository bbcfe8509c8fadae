import type { Failure, StepStatus } from '../../domain/run';
import type { NewRunEvent } from '../../domain/run-event';
import { DomainError } from '../../domain/errors';
import { ModelError } from '../models/model';
import type { ActiveRun } from './active-run';
import type { EngineDeps } from './deps';
import type { Task, TaskHandler } from './dispatch';
import { Interrupt, MAX_TIMER_MS, StaleClaim, StepFailure } from './interrupt';
import { collectOutput, nothing } from './output';
import { workOn } from './step';
import { stepFinished, type Claim, type StepStore } from './step-store';

interface HandleDeps {
	deps: EngineDeps;
	steps: StepStore;
	/** The run as this process knows it; null when it is over. */
	activeRun(task: Task): ActiveRun | null;
	/** A step of the run has ended and is on disk. */
	advance(run: ActiveRun): void;
}

interface Ending {
	status: StepStatus;
	answer: string | null;
	error: Failure | null;
}

/** Makes the handler of tasks: claims the step, works on it, and commits how it ended. */
export function createHandler({ deps, steps, activeRun, advance }: HandleDeps): TaskHandler {
	const { db, events, log, collector, sessions, config } = deps;

	async function claim(run: ActiveRun, task: Task): Promise<Claim | null> {
		return db.write(() => {
			const mine = steps.claim(task);
			if (!mine) return null;
			const { attempt, turns } = mine;
			const model = run.models.get(task.agentId) ?? '';
			const again = task.recovered ? { recovered: true, resume_turn: turns + 1 } : {};
			events.append(run.id, [
				{ type: 'step_started', agent_id: task.agentId, data: { attempt, model, ...again } }
			]);
			return mine;
		});
	}

	/** Null: the step stays `running`, for the next start of the server. */
	async function work(run: ActiveRun, mine: Claim, abort: AbortController): Promise<Ending | null> {
		const agent = run.agents.find(({ id }) => id === mine.agentId);
		if (!agent) throw new Error(`Run ${run.id} has a step without an agent: ${mine.agentId}`);
		const limitMs = config.STEP_TIMEOUT_S * 1000;
		const timer = setTimeout(
			() => abort.abort(new Interrupt('step_timeout')),
			Math.min(limitMs, MAX_TIMER_MS)
		);
		try {
			const { signal } = abort;
			const answer = await workOn({ deps, steps, run, agent, claim: mine, signal });
			return { status: 'completed', answer, error: null };
		} catch (error) {
			// Whatever an abort made the model or the tool throw, the abort is the reason.
			return endingOf(abort.signal.aborted ? abort.signal.reason : error, run, mine);
		} finally {
			clearTimeout(timer);
		}
	}

	function endingOf(error: unknown, run: ActiveRun, mine: Claim): Ending | null {
		const failed = (code: string, message: string): Ending => ({
			status: 'failed',
			answer: null,
			error: { code, message }
		});
		if (error instanceof StaleClaim) throw error;
		if (error instanceof StepFailure || error instanceof ModelError || error instanceof DomainError)
			return failed(error.code, error.message);
		if (!(error instanceof Interrupt)) {
			const errorId = deps.newId();
			const ids = { error_id: errorId, run_id: run.id, agent_id: mine.agentId };
			log.error({ err: error, ...ids }, 'a step broke');
			return failed('internal', `Something went wrong inside the server (error ${errorId}).`);
		}
		if (error.reason === 'shutdown') return null;
		if (error.reason === 'stopped') return { status: 'cancelled', answer: null, error: null };
		if (error.reason === 'run_timeout' && run.halt) return failed(run.halt.code, run.halt.message);
		if (error.reason === 'model_idle_timeout')
			return failed(
				error.reason,
				`The model sent nothing for ${config.MODEL_IDLE_TIMEOUT_S} seconds.`
			);
		return failed(error.reason, `The step took longer than ${config.STEP_TIMEOUT_S} seconds.`);
	}

	function finish(run: ActiveRun, mine: Claim, { status, answer, error }: Ending): Promise<void> {
		return run.withOutput(async () => {
			const { writes } = run;
			const changedAt = await sessions.outputChangedAt(run.id);
			const same = run.collected?.writes === writes && run.collected.changedAt === changedAt;
			const collected = same ? nothing : await collectOutput(collector, run, mine.agentId, [], log);
			await db.write(() => {
				steps.finish(mine, status, answer, error);
				collected.commit();
				const news: NewRunEvent[] = [
					...collected.events,
					stepFinished(mine, status, answer, error)
				];
				events.append(run.id, news);
			});
			if (collected.complete) run.collected = { writes, changedAt };
			advance(run);
		});
	}

	return async (task, abort) => {
		try {
			const run = activeRun(task);
			if (!run) return;
			const mine = await claim(run, task);
			if (!mine) return;
			const ending = await work(run, mine, abort);
			if (ending) await finish(run, mine, ending);
		} catch (error) {
			const ids = { run_id: task.runId, agent_id: task.agentId };
			if (error instanceof StaleClaim) log.warn(ids, 'a step was claimed by somebody else');
			else log.error({ err: error, ...ids }, 'a step could not be committed; it is tried again');
		}
	};
}

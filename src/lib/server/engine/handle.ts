import type { AgentId } from '../../domain/ids';
import type { Failure, StepStatus } from '../../domain/run';
import { DomainError } from '../../domain/errors';
import { ModelError } from '../models/model';
import type { ActiveRun } from './active-run';
import type { Delegate } from './delegate';
import type { ApprovalStore } from './approval-store';
import { needsConsent, WAITS } from './consent';
import type { EngineDeps } from './deps';
import { goesOn, type Task, type TaskHandler } from './dispatch';
import { Interrupt, MAX_TIMER_MS, StaleClaim, StepFailure } from './interrupt';
import { collectOutput, nothing, type Collection } from './output';
import type { Settled } from './settle';
import { recordTurn, workOn, type FreshTurn } from './step';
import { watchBudget } from './spend';
import { stepFinished, type Claim, type StepStore } from './step-store';

interface HandleDeps {
	deps: EngineDeps;
	steps: StepStore;
	delegate: Delegate;
	approvals: ApprovalStore;
	/** The run as this process knows it; null when it is over. */
	activeRun(task: Task): ActiveRun | null;
	/**
	 * A step of the run has ended: what follows from it is settled and begins, in the same flush. Called
	 * last in the write unit, after the step's place was given back.
	 */
	stepEnded(run: ActiveRun, agentId: AgentId, status: StepStatus): Settled;
	/** A step of the run waits for a person: that is on disk, and its place was given back. */
	stepWaits(run: ActiveRun): void;
	/** The step's end is on disk. */
	follow(run: ActiveRun, settled: Settled): void;
}

interface Ending {
	status: StepStatus;
	answer: string | null;
	error: Failure | null;
	/** The answer's turn, when it is recorded together with the end. */
	fresh: FreshTurn | null;
}

/** Makes the handler of tasks: claims the step, works on it, and commits how it ended. */
export function createHandler(bound: HandleDeps): TaskHandler {
	const { deps, steps, approvals, delegate, activeRun, stepEnded, stepWaits, follow } = bound;
	const { db, events, log, collector, sessions, config, now } = deps;

	async function claim(run: ActiveRun, task: Task): Promise<Claim | null> {
		return db.write(() => {
			const mine = steps.claim(task);
			if (!mine) return null;
			const { attempt, turns } = mine;
			const model = run.models.get(task.agentId) ?? '';
			if (task.decided) return mine;
			const again = task.recovered ? { recovered: true, resume_turn: turns + 1 } : {};
			events.append(run.id, [
				{ type: 'step_started', agent_id: task.agentId, data: { attempt, model, ...again } }
			]);
			return mine;
		});
	}

	/** Null: the step stays `running`, for the next start of the server. */
	async function work(
		run: ActiveRun,
		mine: Claim,
		abort: AbortController,
		free: () => void
	): Promise<Ending | typeof WAITS | null> {
		const agent = run.agents.find(({ id }) => id === mine.agentId);
		if (!agent) throw new Error(`Run ${run.id} has a step without an agent: ${mine.agentId}`);
		const workedMs = needsConsent(agent) ? approvals.decided(mine).workedMs : 0;
		const began = now().getTime();
		const limitMs = Math.max(0, config.STEP_TIMEOUT_S * 1000 - workedMs);
		const timer = setTimeout(
			() => abort.abort(new Interrupt('step_timeout')),
			Math.min(limitMs, MAX_TIMER_MS)
		);
		try {
			const { signal } = abort;
			const outcome = await workOn({
				deps,
				steps,
				approvals,
				delegate,
				run,
				agent,
				claim: mine,
				signal,
				workedMs: () => workedMs + now().getTime() - began,
				free
			});
			if (outcome === WAITS) return WAITS;
			const { text, fresh } = outcome;
			return { status: 'completed', answer: text, error: null, fresh };
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
			error: { code, message },
			fresh: null
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
		if (error.reason === 'stopped')
			return { status: 'cancelled', answer: null, error: null, fresh: null };
		if (error.reason === 'run_timeout' && run.halt) return failed(run.halt.code, run.halt.message);
		return failed(error.reason, `The step took longer than ${config.STEP_TIMEOUT_S} seconds.`);
	}

	/** Whether all of `output/` is collected; a tool that is at it will say so itself. */
	function isCollected(run: ActiveRun): boolean {
		const { collected, writes } = run;
		return collected?.writes === writes && collected.changedAt === sessions.outputChangedAt(run.id);
	}

	/** Everything that a step's end is, and what begins because of it, is one write unit. */
	async function commit(
		run: ActiveRun,
		mine: Claim,
		{ status, answer, error, fresh }: Ending,
		collected: Collection,
		free: () => void
	): Promise<void> {
		const settled = await db.write(() => {
			const warnings = watchBudget(run, steps, mine.agentId, fresh?.record.usage);
			steps.finish(mine, status, answer, error);
			if (fresh) steps.recordTurn(mine, fresh.turn, fresh.record);
			collected.commit();
			events.append(run.id, [
				...(fresh?.rest ?? []),
				...collected.events,
				...warnings(),
				stepFinished(mine, status, answer, error)
			]);
			free();
			return stepEnded(run, mine.agentId, status);
		});
		follow(run, settled);
	}

	async function finish(
		run: ActiveRun,
		mine: Claim,
		ending: Ending,
		free: () => void
	): Promise<void> {
		if (run.leftovers?.release(mine.agentId)) run.collected = null;
		if (isCollected(run)) return commit(run, mine, ending, nothing, free);
		// Collecting may take its time; the answer must not be lost meanwhile.
		if (ending.fresh) await recordTurn({ deps, steps, run, claim: mine }, ending.fresh);
		const recorded = { ...ending, fresh: null };
		const committed = await run.withOutput(async () => {
			if (isCollected(run)) return false;
			const { writes } = run;
			const changedAt = sessions.outputChangedAt(run.id);
			const collected = await collectOutput(collector, run, mine.agentId, [], log);
			await commit(run, mine, recorded, collected, free);
			if (collected.complete) run.collected = { writes, changedAt };
			return true;
		});
		// Another step has collected all there was, while this one waited: its end needs no lock.
		if (!committed) await commit(run, mine, recorded, nothing, free);
	}

	/** What a turn took that the server's end has broken off. */
	const keepCount = (mine: Claim) => db.write(() => steps.progress(mine));

	return async (task, abort, free) => {
		const run = activeRun(task);
		if (!run) return;
		let mine: Claim | null = null;
		try {
			mine = await claim(run, task);
			if (!mine) return;
			if (run.stopping) abort.abort(new Interrupt('stopped'));
			else if (run.halt) abort.abort(new Interrupt('run_timeout'));
			const ending = await work(run, mine, abort, free);
			if (ending === WAITS) {
				if (run.leftovers?.release(mine.agentId)) run.collected = null;
				stepWaits(run);
			} else if (ending) await finish(run, mine, ending, free);
			else await keepCount(mine);
		} catch (error) {
			// What is in memory was told of a write that did not happen.
			run.progress = null;
			const ids = { run_id: task.runId, agent_id: task.agentId };
			if (error instanceof StaleClaim) {
				log.warn(ids, 'a step was claimed by somebody else');
				return;
			}
			log.error({ err: error, ...ids }, 'a step could not be committed; it is tried again');
			if (mine) run.adrift.push({ ...task, epoch: mine.epoch, recovered: true, decided: false });
			else if (goesOn(task)) run.adrift.push(task);
		}
	};
}

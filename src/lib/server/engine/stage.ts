import type { ClientId, RunId } from '../../domain/ids';
import type { StepStatus } from '../../domain/run';
import { runStarted, type ActiveRun } from './active-run';
import type { ApprovalStore } from './approval-store';
import { createDelegate } from './delegate';
import type { EngineDeps } from './deps';
import { createDispatcher, goesOn, type Task } from './dispatch';
import { createFairQueue } from './fair-queue';
import { createHandler } from './handle';
import { findLeftovers } from './leftovers';
import { createRecovery } from './recover';
import { createReuse } from './reuse';
import type { ReuseStore } from './reuse-store';
import { createRunClock } from './run-clock';
import type { RunStore } from './run-store';
import type { Settled, Settling } from './settle';
import { stepFinished, type StepStore } from './step-store';

/** A run, by name. */
export interface RunRef {
	id: RunId;
	client: ClientId;
}

/**
 * The runs in which something goes on, at most `MAX_ACTIVE_RUNS`. What only waits for a person is not
 * on stage, and takes its turn again when they have decided.
 */
export interface Stage {
	/** The run as this process knows it; null while it is not on stage. */
	get(id: RunId): ActiveRun | null;
	/** The run waits for its turn, then begins or goes on. */
	enter(run: RunRef): void;
	/** Goes on with a run that was active when the server went down. */
	recover(run: RunRef & { asking: boolean }): Promise<void>;
	/** The run is over, and was not on stage: takes it out of the queue. */
	leave(run: RunRef): void;
	/** What was settled of it is on disk. */
	follow(run: ActiveRun, settled: Settled): void;
	/** A step that waited for a person goes on; its run takes its turn, when it is not on stage. */
	goOn(task: Task): void;
	/** The run ends `cancelled`, on stage or not; a person's request to stop is on disk. */
	stop(run: RunRef): Promise<void>;
	/** Calls back when the run is over. */
	onceOver(id: RunId, tell: () => void): void;
	/** Looks at every run on stage again, now and then. */
	open(): void;
	close(): Promise<void>;
}

export function createStage(bound: {
	deps: EngineDeps;
	runs: RunStore;
	steps: StepStore;
	approvals: ApprovalStore;
	reused: ReuseStore;
	settling: Settling;
}): Stage {
	const { deps, runs, steps, approvals, reused, settling } = bound;
	const { db, events, log, config } = deps;
	const { settle, peek, stepEnded, onlyWaits } = settling;
	const active = new Map<RunId, ActiveRun>();
	/** Wait for a place since the server went down in the middle of them. */
	const interrupted = new Set<RunId>();
	/** Called when the run is over. */
	const waiting = new Map<RunId, (() => void)[]>();
	const background = new Set<Promise<void>>();
	let closed = false;
	let timer: NodeJS.Timeout | undefined;

	const dispatcher = createDispatcher({
		limit: Math.max(config.MAX_PARALLEL_STEPS, config.MAX_ACTIVE_RUNS),
		perClient: config.MAX_PARALLEL_STEPS
	});
	const admission = createFairQueue<RunRef>({
		limit: config.MAX_ACTIVE_RUNS,
		perOwner: config.MAX_ACTIVE_RUNS_PER_CLIENT,
		ownerOf: (run) => run.client,
		keyOf: (run) => run.id,
		begin: (run) => own(begin(run), run.id)
	});
	dispatcher.start(
		createHandler({
			deps,
			steps,
			approvals,
			delegate: createDelegate({ deps, steps, changed: (run) => own(reconcile(run), run.id) }),
			stepEnded: (run, agentId, status) => enqueued(run, stepEnded(run, agentId, status)),
			stepWaits(run) {
				run.asking = true;
				follow(run, { ready: [], ended: false });
			},
			follow,
			activeRun: (task) => active.get(task.runId) ?? null
		})
	);
	const recovery = createRecovery({ deps, runs, steps, approvals, settle });
	const reuse = createReuse({
		deps,
		reused,
		isActive: (run) => !closed && active.get(run.id) === run,
		enqueue: (tasks) => dispatcher.enqueue(tasks),
		settle,
		goOn: (run, settled) => follow(run, enqueued(run, settled)),
		own
	});
	const clock = createRunClock({
		runs,
		limitMs: config.RUN_TIMEOUT_S * 1000,
		timeUp: (run) => own(interrupt(run, 'run_timeout'), run.id)
	});

	/** Owns a promise that nobody awaits: reports its failure and lets `close` wait for it. */
	function own(work: Promise<void>, runId: RunId): void {
		const owned: Promise<void> = work
			.catch((error: unknown) => log.error({ err: error, run_id: runId }, 'a run could not go on'))
			.finally(() => background.delete(owned));
		background.add(owned);
	}

	async function begin({ id, client }: RunRef): Promise<void> {
		if (closed) return;
		const run = runs.load(id);
		if (!run) return retire({ id, client });
		active.set(id, run);
		const restarted = interrupted.delete(id);
		if (restarted || run.asking) return takeUp(run, restarted);
		clock.start(run, 0);
		if (run.begun) await reuse.restore(run);
		if (run.begun) run.leftovers = await findLeftovers(deps, run, []);
		follow(run, await db.write(() => advance(run)));
	}

	/** Goes on with a run whose steps have begun already. */
	async function takeUp(run: ActiveRun, restarted: boolean): Promise<void> {
		if (restarted) await reuse.restore(run);
		const settled = await recovery.recover(run, restarted);
		if (active.get(run.id) === run) clock.adjust(run);
		follow(run, enqueued(run, settled));
	}

	/** Inside a write unit: takes the run out of the queue if it still is there, and moves it on. */
	function advance(run: ActiveRun): Settled {
		const begun = runs.begin(run.id);
		if (begun) {
			const reset = begun.lastEvent > 0 ? steps.waiting(run.id) : null;
			events.append(run.id, [{ type: 'run_started', data: runStarted(run, reset) }]);
		}
		return enqueued(run, settle(run));
	}

	/** Inside a write unit: whatever there is a place for is claimed in the same flush. */
	function enqueued(run: ActiveRun, settled: Settled): Settled {
		if (active.get(run.id) !== run || settled.ended) return settled;
		if (run.rerunOf === null) dispatcher.enqueue(settled.ready);
		else reuse.offer(run, settled.ready);
		return settled;
	}

	function follow(run: ActiveRun, settled: Settled): void {
		// A run that was resumed meanwhile is another one, with a place of its own.
		if (active.get(run.id) !== run) return;
		if (settled.ended) return retire(run);
		if (!run.asking) return;
		clock.adjust(run);
		if (onlyWaits(run)) setAside(run);
	}

	/** All of the run waits for a person: its place and its memory are for others. */
	function setAside(run: ActiveRun): void {
		clearTimeout(run.timer);
		active.delete(run.id);
		own(deps.sandbox.release(run.id), run.id);
		admission.done(run);
	}

	function retire(run: RunRef): void {
		clearTimeout(active.get(run.id)?.timer);
		active.delete(run.id);
		dispatcher.cancel(run.id, 'stopped');
		for (const tell of waiting.get(run.id) ?? []) tell();
		waiting.delete(run.id);
		admission.done(run);
		own(deps.sandbox.release(run.id), run.id);
	}

	function enter(run: RunRef): void {
		if (!closed) admission.push(run);
	}

	function leave(run: RunRef): void {
		interrupted.delete(run.id);
		admission.remove((entry) => entry.id === run.id);
		retire(run);
	}

	async function reconcile(run: ActiveRun): Promise<void> {
		if (closed) return;
		const known = peek(run);
		follow(run, known ? enqueued(run, known) : await db.write(() => advance(run)));
	}

	/** Makes the run's steps let go. */
	async function interrupt(run: ActiveRun, reason: 'stopped' | 'run_timeout'): Promise<void> {
		const waiting = dispatcher.cancel(run.id, reason);
		const orphans = [...waiting, ...run.adrift.splice(0)].filter(goesOn);
		return orphans.length > 0 ? end(run, orphans) : reconcile(run);
	}

	/** Ends steps that have begun, and that nobody works on nor will. */
	async function end(run: ActiveRun, orphans: Task[]): Promise<void> {
		const to: StepStatus = run.stopping ? 'cancelled' : 'skipped';
		const error = run.stopping ? null : run.halt;
		try {
			const settled = await db.write(() => {
				for (const { agentId } of orphans) {
					const used = steps.settle(run.id, agentId, { from: 'running', to, error });
					if (used) events.append(run.id, [stepFinished(used, to, null, error)]);
				}
				return advance(run);
			});
			follow(run, settled);
		} catch (failure) {
			run.progress = null;
			run.adrift.push(...orphans);
			throw failure;
		}
	}

	return {
		get: (id) => active.get(id) ?? null,
		enter,
		async recover({ id, client, asking }) {
			const run = runs.load(id);
			if (!run) return;
			if (!asking) {
				active.set(id, run);
				admission.occupy({ id, client });
				return takeUp(run, true);
			}
			if (run.stopping) {
				await recovery.recover(run, true);
				leave(run);
			} else if (!onlyWaits(run)) {
				interrupted.add(id);
				enter({ id, client });
			}
		},
		leave,
		follow,
		goOn(task) {
			const run = active.get(task.runId);
			if (!run) return enter({ id: task.runId, client: task.client });
			if (run.stopping || run.halt !== null) return own(end(run, [task]), run.id);
			dispatcher.enqueue([task]);
			follow(run, { ready: [], ended: false });
		},
		async stop({ id }) {
			const run = active.get(id);
			if (run) {
				run.stopping = true;
				return interrupt(run, 'stopped');
			}
			const aside = runs.load(id);
			if (!aside) return;
			// Out of the queue first: it must not begin meanwhile.
			admission.remove((entry) => entry.id === id);
			await recovery.recover(aside, false);
			leave(aside);
		},
		onceOver(id, tell) {
			waiting.set(id, [...(waiting.get(id) ?? []), tell]);
		},
		open() {
			timer = setInterval(() => {
				for (const run of active.values()) {
					dispatcher.enqueue(run.adrift.splice(0));
					own(reconcile(run), run.id);
				}
			}, deps.reconcileMs ?? 15_000);
			timer.unref();
		},
		async close() {
			closed = true;
			clearInterval(timer);
			for (const run of active.values()) clearTimeout(run.timer);
			await dispatcher.stop();
			while (background.size > 0) await Promise.all(background);
		}
	};
}

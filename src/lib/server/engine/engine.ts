import { DomainError, notFound } from '../../domain/errors';
import { parseRunId, type ClientId, type RunId } from '../../domain/ids';
import { isActive, type Failure } from '../../domain/run';
import type { StartRequest } from '../../domain/workflow';
import { runStarted, type ActiveRun } from './active-run';
import { checkStart } from './check-start';
import type { EngineDeps } from './deps';
import { createDelegate } from './delegate';
import { createDispatcher } from './dispatch';
import { createFairQueue } from './fair-queue';
import { createHandler } from './handle';
import { MAX_TIMER_MS } from './interrupt';
import { findLeftovers } from './leftovers';
import { createRecovery } from './recover';
import { requireResumable, stepsToReset } from './resumable';
import { createRunStore } from './run-store';
import { createSettling, runFinished, type Settled } from './settle';
import { createStepStore, stepFinished } from './step-store';

export interface Engine {
	/**
	 * Checks the request, stores the run and prepares its session; the run begins by itself.
	 * @throws DomainError `invalid` naming every culprit; nothing was created then.
	 */
	start(client: ClientId, request: StartRequest): Promise<RunId>;
	/** The run ends `cancelled`. @throws DomainError `not_found`, or `conflict` when it is over. */
	stop(client: ClientId, run: RunId): Promise<void>;
	/**
	 * Retries what failed, was skipped or was cancelled; what is completed stays as it is. With an agent:
	 * does that one's step again, completed or not, and all that depend on it, and nothing else.
	 * @throws DomainError `not_found`, `conflict` when there is nothing to retry, `gone`; `invalid` when
	 * there is no such agent
	 */
	resume(client: ClientId, run: RunId, agentId?: string): Promise<void>;
	/** Stops every run of the client and resolves when all are over. */
	stopAll(client: ClientId): Promise<void>;
	/** Goes on with every run that was active when the server went down. */
	open(): Promise<void>;
	/** Lets go of everything; what was going on continues after the next `open`. */
	close(): Promise<void>;
}

/**
 * Runs workflows. `MAX_PARALLEL_STEPS` bounds the steps that one client has going on at once; all
 * clients together have at most as many as there may be active runs, so that each can go on.
 */
export function createEngine(deps: EngineDeps): Engine {
	const { db, events, sessions, log, config, now } = deps;
	const runs = createRunStore(db, now);
	const steps = createStepStore(db, now);
	const retentionMs = config.ARTIFACT_RETENTION_HOURS * 3_600_000;
	const { settle, peek, stepEnded } = createSettling({ runs, steps, events, now, retentionMs });
	const active = new Map<RunId, ActiveRun>();
	/** Called when the run is over. */
	const waiting = new Map<RunId, (() => void)[]>();
	const background = new Set<Promise<void>>();
	let closed = false;

	const dispatcher = createDispatcher({
		limit: Math.max(config.MAX_PARALLEL_STEPS, config.MAX_ACTIVE_RUNS),
		perClient: config.MAX_PARALLEL_STEPS
	});
	const admission = createFairQueue<{ id: RunId; client: ClientId }>({
		limit: config.MAX_ACTIVE_RUNS,
		perOwner: config.MAX_ACTIVE_RUNS_PER_CLIENT,
		ownerOf: (run) => run.client,
		keyOf: (run) => run.id,
		begin: (run) => own(begin(run.id, run.client), run.id)
	});
	dispatcher.start(
		createHandler({
			deps,
			steps,
			delegate: createDelegate({ deps, steps, changed: (run) => own(reconcile(run), run.id) }),
			stepEnded: (run, agentId, status) => enqueued(run, stepEnded(run, agentId, status)),
			follow,
			activeRun: (task) => active.get(task.runId) ?? null
		})
	);
	const recovery = createRecovery({ deps, runs, steps, settle });

	/** Owns a promise that nobody awaits: reports its failure and lets `close` wait for it. */
	function own(work: Promise<void>, runId: RunId): void {
		const owned: Promise<void> = work
			.catch((error: unknown) => log.error({ err: error, run_id: runId }, 'a run could not go on'))
			.finally(() => background.delete(owned));
		background.add(owned);
	}

	async function begin(id: RunId, client: ClientId): Promise<void> {
		if (closed) return;
		const run = runs.load(id);
		if (!run) return retire({ id, client });
		active.set(id, run);
		limitTime(run, 0);
		if (run.begun) run.leftovers = await findLeftovers(deps, run, []);
		follow(run, await db.write(() => advance(run)));
	}

	/** Inside a write unit: takes the run out of the queue if it still is there, and moves it on. */
	function advance(run: ActiveRun): Settled {
		const begun = runs.begin(run.id);
		if (begun)
			events.append(run.id, [{ type: 'run_started', data: runStarted(run, resetIn(run, begun)) }]);
		return enqueued(run, settle(run));
	}

	/** When a run begins again, what waits in it is what was reset. */
	function resetIn(run: ActiveRun, { lastEvent }: { lastEvent: number }): string[] | null {
		if (lastEvent === 0) return null;
		return [...steps.statusesById(run.id)].flatMap(([id, s]) => (s === 'waiting' ? [id] : []));
	}

	/** Inside a write unit: whatever there is a place for is claimed in the same flush. */
	function enqueued(run: ActiveRun, settled: Settled): Settled {
		if (active.get(run.id) === run && !settled.ended) dispatcher.enqueue(settled.ready);
		return settled;
	}

	/** What was settled is on disk. */
	function follow(run: ActiveRun, settled: Settled): void {
		// A run that was resumed meanwhile is another one, with a place of its own.
		if (settled.ended && active.get(run.id) === run) retire(run);
	}

	function retire(run: { id: RunId; client: ClientId }): void {
		clearTimeout(active.get(run.id)?.timer);
		active.delete(run.id);
		dispatcher.cancel(run.id, 'stopped');
		for (const tell of waiting.get(run.id) ?? []) tell();
		waiting.delete(run.id);
		admission.done({ id: run.id, client: run.client });
	}

	function limitTime(run: ActiveRun, elapsedMs: number): void {
		const limitMs = Math.min(config.RUN_TIMEOUT_S * 1000, run.workflow.timeout_ms ?? Infinity);
		const left = Math.min(Math.max(0, limitMs - elapsedMs), MAX_TIMER_MS);
		run.timer = setTimeout(() => {
			const message = `The run took longer than ${limitMs / 1000} seconds.`;
			run.halt = { code: 'run_timeout', message };
			dispatcher.cancel(run.id, 'run_timeout');
			own(reconcile(run), run.id);
		}, left);
		run.timer.unref();
	}

	async function reconcile(run: ActiveRun): Promise<void> {
		if (closed) return;
		const known = peek(run);
		follow(run, known ? enqueued(run, known) : await db.write(() => advance(run)));
	}

	/** Ends a run that is still in the queue. */
	async function endQueued(run: ActiveRun, failure: Failure | null): Promise<void> {
		const status = failure ? 'failed' : 'cancelled';
		const settledAs = failure ? 'skipped' : 'cancelled';
		await db.write(() => {
			const row = runs.row(run.id);
			if (row?.status !== 'queued') return;
			events.append(run.id, [{ type: 'run_started', data: runStarted(run, resetIn(run, row)) }]);
			for (const { id } of run.agents) {
				const used = steps.settle(run.id, id, { from: 'waiting', to: settledAs, error: failure });
				if (used) events.append(run.id, [stepFinished(used, settledAs, null, failure)]);
			}
			runs.end(run.id, status, failure, new Date(now().getTime() + retentionMs));
			events.append(run.id, [runFinished(status, failure, steps.tokens(run.id))]);
		});
		admission.remove((entry) => entry.id === run.id);
		retire(run);
	}

	/** Prepares the session, then lets the run wait for its turn. */
	async function queue(id: RunId): Promise<void> {
		const run = runs.load(id);
		if (!run) return;
		try {
			const inputs = await sessions.create(id, run.client, run.attachments, run.inputs);
			const isNew = run.attachments.some((name) => inputs[name] !== run.inputs[name]);
			if (isNew) await db.write(() => runs.keepInputs(id, inputs));
		} catch (error) {
			log.warn({ err: error, run_id: id }, 'could not prepare the session of a run');
			const reason = error instanceof DomainError ? error.message : 'the server has logged why.';
			const message = `The session could not be prepared: ${reason}`;
			return endQueued(run, { code: 'session_failed', message });
		}
		if (runs.standing(id)?.stopRequested) return endQueued(run, null);
		if (!closed) admission.push({ id, client: run.client });
	}

	async function stopRun(client: ClientId, id: RunId): Promise<void> {
		if (!(await db.write(() => runs.requestStop(id, client)))) {
			const row = runs.row(id);
			if (row?.clientId !== client) throw notFound();
			throw new DomainError('conflict', 'The run is over already.');
		}
		const run = active.get(id);
		if (run) run.stopping = true;
		if (run && runs.standing(id)?.status !== 'queued') {
			dispatcher.cancel(id, 'stopped');
			await reconcile(run);
		} else {
			const queued = runs.load(id);
			if (queued) await endQueued(queued, null);
		}
	}

	let timer: NodeJS.Timeout | undefined;
	return {
		async start(client, request) {
			const checked = await checkStart(deps, client, request);
			const id = parseRunId(deps.newId());
			await db.write(() => runs.insert(id, client, checked));
			log.info({ run_id: id, client_id: client, workflow_id: checked.workflow.id }, 'run accepted');
			await queue(id);
			return id;
		},
		stop: stopRun,
		async resume(client, id, chosen) {
			await db.write(() => {
				const statuses = steps.statusesById(id);
				const facts = { now: now(), statuses: [...statuses.values()], tokens: steps.tokens(id) };
				requireResumable(runs.row(id), client, { ...facts, chosen });
				runs.reopen(id, stepsToReset(runs.load(id)?.agents ?? [], statuses, chosen));
			});
			await queue(id);
		},
		async stopAll(client) {
			for (const { id } of runs.active(client)) {
				const over = new Promise<void>((resolve) => {
					waiting.set(id, [...(waiting.get(id) ?? []), resolve]);
				});
				await stopRun(client, id).catch((error: unknown) => {
					if (!(error instanceof DomainError)) throw error;
				});
				const standing = runs.standing(id);
				if (standing && isActive(standing.status) && active.has(id)) await over;
			}
		},
		async open() {
			for (const { id, client, status } of runs.active()) {
				if (status === 'queued') {
					await queue(id);
					continue;
				}
				const run = runs.load(id);
				if (!run) continue;
				active.set(id, run);
				admission.occupy({ id, client });
				limitTime(run, runs.elapsed(id));
				follow(run, enqueued(run, await recovery.recover(run)));
			}
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

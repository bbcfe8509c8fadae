import { DomainError, notFound } from '../../domain/errors';
import { parseRunId, type ClientId, type RunId } from '../../domain/ids';
import { isActive, type Failure } from '../../domain/run';
import { runStarted, type ActiveRun } from './active-run';
import { createApprovalStore } from './approval-store';
import { createApprove } from './approve';
import { checkStart, type Checked } from './check-start';
import type { Engine } from './contract';
import type { EngineDeps } from './deps';
import { requireResumable, stepsToReset } from './resumable';
import { rerunRequest } from './rerun';
import { createReuseStore } from './reuse-store';
import { createRunStore } from './run-store';
import { createSettling, runFinished } from './settle';
import { createStage } from './stage';
import { createStepStore, stepFinished } from './step-store';

/**
 * Runs workflows. `MAX_PARALLEL_STEPS` bounds the steps that one client has going on at once; all
 * clients together have at most as many as there may be active runs, so that each can go on.
 */
export function createEngine(deps: EngineDeps): Engine {
	const { db, events, sessions, log, config, now } = deps;
	const runs = createRunStore(db, now);
	const steps = createStepStore(db, now);
	const approvals = createApprovalStore(db, now);
	const retentionMs = config.ARTIFACT_RETENTION_HOURS * 3_600_000;
	const reused = createReuseStore(db, now);
	const settling = createSettling({ runs, steps, approvals, reused, events, now, retentionMs });
	const stage = createStage({ deps, runs, steps, approvals, reused, settling });

	/** Ends a run that is still in the queue. */
	async function endQueued(run: ActiveRun, failure: Failure | null): Promise<void> {
		const status = failure ? 'failed' : 'cancelled';
		const settledAs = failure ? 'skipped' : 'cancelled';
		await db.write(() => {
			const row = runs.row(run.id);
			if (row?.status !== 'queued') return;
			const reset = row.lastEvent > 0 ? steps.waiting(run.id) : null;
			events.append(run.id, [{ type: 'run_started', data: runStarted(run, reset) }]);
			for (const { id } of run.agents) {
				const used = steps.settle(run.id, id, { from: 'waiting', to: settledAs, error: failure });
				if (used) events.append(run.id, [stepFinished(used, settledAs, null, failure)]);
			}
			runs.end(run.id, status, failure, new Date(now().getTime() + retentionMs));
			events.append(run.id, [runFinished(status, failure, steps.tokens(run.id))]);
		});
		stage.leave(run);
	}

	async function accept(client: ClientId, checked: Checked, rerunOf?: RunId): Promise<RunId> {
		const id = parseRunId(deps.newId());
		await db.write(() => runs.insert(id, client, checked, rerunOf));
		log.info({ run_id: id, client_id: client, workflow_id: checked.workflow.id }, 'run accepted');
		await queue(id);
		return id;
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
		stage.enter({ id, client: run.client });
	}

	async function stopRun(client: ClientId, id: RunId): Promise<void> {
		if (!(await db.write(() => runs.requestStop(id, client)))) {
			const row = runs.row(id);
			if (row?.clientId !== client) throw notFound();
			throw new DomainError('conflict', 'The run is over already.');
		}
		if (runs.standing(id)?.status !== 'queued') return stage.stop({ id, client });
		const queued = runs.load(id);
		if (queued) await endQueued(queued, null);
	}

	return {
		start: async (client, request) => accept(client, await checkStart(deps, client, request)),
		async rerun(client, id, request) {
			const again = rerunRequest(runs.row(id), client, request, now());
			return accept(client, await checkStart(deps, client, again), id);
		},
		stop: stopRun,
		approve: createApprove({ deps, runs, steps, approvals, settling, stage }),
		async resume(client, id, chosen) {
			await db.write(() => {
				const statuses = steps.statusesById(id);
				const facts = { now: now(), statuses: [...statuses.values()], spent: steps.spent(id) };
				requireResumable(runs.row(id), client, { ...facts, chosen });
				runs.reopen(id, stepsToReset(runs.load(id)?.agents ?? [], statuses, chosen));
			});
			await queue(id);
		},
		async stopAll(client) {
			for (const { id } of runs.active(client)) {
				const over = new Promise<void>((resolve) => stage.onceOver(id, resolve));
				await stopRun(client, id).catch((error: unknown) => {
					if (!(error instanceof DomainError)) throw error;
				});
				const standing = runs.standing(id);
				if (standing && isActive(standing.status) && stage.get(id)) await over;
			}
		},
		async open() {
			const found = runs.active();
			const going = found.filter(({ status, asking }) => status !== 'queued' && !asking);
			for (const run of going) await stage.recover(run);
			for (const run of found)
				if (run.status === 'queued') await queue(run.id);
				else if (run.asking) await stage.recover(run);
			stage.open();
		},
		close: () => stage.close()
	};
}

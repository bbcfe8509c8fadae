import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { parseFileName } from '../../domain/file-name';
import { isClientId, parseRunId, type ClientId, type RunId } from '../../domain/ids';
import { isActive, RUN_STATUSES, type Failure, type RunStatus } from '../../domain/run';
import { workflowSchema } from '../../domain/workflow';
import type { Db } from '../db/client';
import { runs, steps } from '../db/schema';
import { toDigests, toNames, toStatus } from '../runs/rows';
import { createLock, type ActiveRun } from './active-run';
import { createBudget } from './budget';
import type { Checked } from './check-start';
import { liveAgents } from './graph-store';
import type { Digests } from './ports';
import { createSpent } from './spent';

const ACTIVE = RUN_STATUSES.filter(isActive);

export type RunStore = ReturnType<typeof createRunStore>;

/** Statements on runs. What changes rows belongs inside a write unit. */
export function createRunStore(db: Db, now: () => Date) {
	const p = sql.placeholder;
	const byId = eq(runs.id, p('run'));
	const row = db.q.select().from(runs).where(byId).prepare();
	const spent = createSpent(db);
	const standing = db.q
		.select({ status: runs.status, stopRequested: runs.stopRequested })
		.from(runs)
		.where(byId)
		.prepare();
	const begin = db.q
		.update(runs)
		.set({ status: 'running', startedAt: sql`${p('at')}` })
		.where(and(byId, eq(runs.status, 'queued'), eq(runs.stopRequested, false)))
		.returning({ lastEvent: runs.lastEvent })
		.prepare();
	const end = db.q
		.update(runs)
		.set({
			status: sql`${p('status')}`,
			error: sql`${p('error')}`,
			endedAt: sql`${p('at')}`,
			waitingSince: null,
			expiresAt: sql`${p('expires')}`
		})
		.where(and(byId, inArray(runs.status, ACTIVE)))
		.prepare();

	const insertStep = db.raw.prepare<
		[{ run: string; agent: string; position: number; model: string }]
	>(
		`insert into steps (run_id, agent_id, position, status, model)
		values (@run, @agent, @position, 'waiting', @model)`
	);

	const forgetDowntime = db.raw.prepare<[{ run: string; at: number }]>(
		`update runs set waited_ms = waited_ms + max(0, @at - (
			select at from run_events where run_id = @run and seq = runs.last_event))
		where id = @run and waiting_since is null and last_event > 0`
	);

	return {
		insert(id: RunId, client: ClientId, checked: Checked, rerunOf: RunId | null = null): void {
			const { workflow, agents, models, directive, attachments } = checked;
			db.q
				.insert(runs)
				.values({
					id,
					clientId: client,
					workflowId: workflow.id,
					name: workflow.name,
					userDirective: directive,
					config: workflow,
					rerunOf,
					attachedFiles: attachments,
					status: 'queued',
					createdAt: now()
				})
				.run();
			agents.forEach((agent, position) =>
				insertStep.run({
					run: id,
					agent: agent.id,
					position,
					model: models.get(agent.id) ?? ''
				})
			);
		},
		/** Null when the run is gone. */
		load(id: RunId): ActiveRun | null {
			const found = row.get({ run: id });
			if (!found || !isClientId(found.clientId)) return null;
			const workflow = workflowSchema.parse(found.config);
			const models = db.q
				.select({ agent: steps.agentId, model: steps.model })
				.from(steps)
				.where(eq(steps.runId, id))
				.all();
			return {
				id,
				client: found.clientId,
				workflow,
				agents: liveAgents(found),
				models: new Map(models.map(({ agent, model }) => [agent, model])),
				directive: found.userDirective,
				attachments: toNames(found.attachedFiles).map(parseFileName),
				inputs: toDigests(found.inputs),
				rerunOf: found.rerunOf === null ? null : parseRunId(found.rerunOf),
				begun: found.lastEvent > 0,
				withOutput: createLock(),
				writes: 0,
				listing: null,
				collected: null,
				leftovers: null,
				adrift: [],
				progress: null,
				asking: found.waitingSince !== null,
				budget: createBudget(workflow, () => spent(id)),
				stopping: found.stopRequested,
				halt: null,
				timer: undefined
			};
		},
		row: (id: RunId) => row.get({ run: id }) ?? null,
		standing(id: RunId): { status: RunStatus; stopRequested: boolean } | null {
			const found = standing.get({ run: id });
			return found ? { ...found, status: toStatus(found.status) } : null;
		},
		/** Takes the run out of the queue; null when it is not waiting there (any more). */
		begin: (id: RunId) => begin.get({ run: id, at: now().getTime() }) ?? null,
		/** Whether it was this call that ended the run. */
		end(id: RunId, status: RunStatus, error: Failure | null, expires: Date): boolean {
			const { changes } = end.run({
				run: id,
				status,
				error: error && JSON.stringify(error),
				at: now().getTime(),
				expires: expires.getTime()
			});
			return changes === 1;
		},
		requestStop(id: RunId, client: ClientId): boolean {
			const { changes } = db.q
				.update(runs)
				.set({ stopRequested: true })
				.where(and(eq(runs.id, id), eq(runs.clientId, client), inArray(runs.status, ACTIVE)))
				.run();
			return changes === 1;
		},
		/** Puts an ended run back into the queue with these steps waiting; the others stay as they are. */
		reopen(id: RunId, reset: string[]): void {
			db.q
				.update(runs)
				.set({
					status: 'queued',
					error: null,
					stopRequested: false,
					startedAt: null,
					waitedMs: 0,
					endedAt: null,
					expiresAt: null
				})
				.where(eq(runs.id, id))
				.run();
			db.q
				.update(steps)
				.set({
					status: 'waiting',
					turns: 0,
					toolsUsed: [],
					startedAt: null,
					endedAt: null,
					answer: null,
					error: null,
					reused: null
				})
				.where(and(eq(steps.runId, id), inArray(steps.agentId, reset)))
				.run();
		},
		/** What the session's inputs are. */
		keepInputs(id: RunId, inputs: Digests): void {
			db.q.update(runs).set({ inputs }).where(eq(runs.id, id)).run();
		},
		/** Runs that are not over, oldest first; `asking` as of the `ActiveRun`. */
		active(
			client?: ClientId
		): { id: RunId; client: ClientId; status: RunStatus; asking: boolean }[] {
			return db.q
				.select({
					id: runs.id,
					client: runs.clientId,
					status: runs.status,
					waitingSince: runs.waitingSince
				})
				.from(runs)
				.where(
					and(
						inArray(runs.status, ACTIVE),
						client === undefined ? undefined : eq(runs.clientId, client)
					)
				)
				.orderBy(asc(runs.createdAt), asc(runs.id))
				.all()
				.flatMap((found) =>
					isClientId(found.client)
						? [
								{
									id: parseRunId(found.id),
									client: found.client,
									status: toStatus(found.status),
									asking: found.waitingSince !== null
								}
							]
						: []
				);
		},
		/** How long the run has gone on, in milliseconds; while it waits for a person, until it began to. */
		clock(id: RunId): { elapsedMs: number; standsStill: boolean } {
			const found = row.get({ run: id });
			if (!found?.startedAt) return { elapsedMs: 0, standsStill: false };
			const { startedAt, waitingSince, waitedMs } = found;
			const elapsed = (waitingSince ?? now()).getTime() - startedAt.getTime() - waitedMs;
			return { elapsedMs: Math.max(0, elapsed), standsStill: waitingSince !== null };
		},
		/** The time since the run's last sign of life does not count: there was no server. */
		forgetDowntime(id: RunId): void {
			forgetDowntime.run({ run: id, at: now().getTime() });
		}
	};
}

import { and, asc, desc, eq, inArray, lt, or, sql } from 'drizzle-orm';
import { DomainError, notFound } from '../../domain/errors';
import { parseRunId, type ClientId, type RunId } from '../../domain/ids';
import { isActive, RUN_STATUSES, type RunState, type RunSummary } from '../../domain/run';
import { workflowSchema, type WorkflowConfig } from '../../domain/workflow';
import type { Db } from '../db/client';
import { artifacts, runs, steps } from '../db/schema';
import type { Files } from '../storage/files';
import { artifactsFolder, sessionFolder } from '../storage/layout';
import { cursorOf, parseCursor } from './cursor';
import type { RunEventLog } from './events';
import { toFailure, toNames, toRunState, toStatus } from './rows';

export interface Runs {
	/** Newest first; `next` continues after the last one, null at the end. */
	list(
		client: ClientId,
		page: { cursor?: string; limit?: number }
	): Promise<{ runs: RunSummary[]; next: string | null }>;
	state(client: ClientId, run: RunId): Promise<RunState>;
	config(client: ClientId, run: RunId): Promise<WorkflowConfig>;
	/** Where the run stands, for its event stream; null when it does not exist. */
	standing(run: RunId): { status: RunState['status']; lastEvent: number } | null;
	/** Every run of every client that is not over. */
	active(): RunId[];
	/** @throws DomainError `not_found`: the run is not this client's. */
	requireOwn(client: ClientId, run: RunId): void;
	/** Row first, then folders. @throws DomainError `conflict` while the run is active. */
	remove(client: ClientId, run: RunId): Promise<void>;
}

const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 200;
const ENDED = RUN_STATUSES.filter((status) => !isActive(status));

export function createRuns(deps: {
	db: Db;
	files: Files;
	events?: Pick<RunEventLog, 'notify'>;
}): Runs {
	const { db, files, events } = deps;
	const p = sql.placeholder;
	const own = db.q
		.select()
		.from(runs)
		.where(and(eq(runs.id, p('run')), eq(runs.clientId, p('client'))))
		.prepare();
	const stepRows = db.q
		.select()
		.from(steps)
		.where(eq(steps.runId, p('run')))
		.orderBy(asc(steps.position))
		.prepare();
	const standing = db.q
		.select({ status: runs.status, lastEvent: runs.lastEvent })
		.from(runs)
		.where(eq(runs.id, p('run')))
		.prepare();
	// Written out: within a query on one table, drizzle leaves a column's table away.
	const outer = sql.raw('"runs"."id"');
	const tokens = sql<number>`(select coalesce(sum(${steps.inputTokens} + ${steps.outputTokens}), 0)
		from ${steps} where ${steps.runId} = ${outer})`;
	const artifactCount = sql<number>`(select count(distinct ${artifacts.filename})
		from ${artifacts} where ${artifacts.runId} = ${outer})`;

	function find(client: ClientId, run: RunId): typeof runs.$inferSelect {
		const row = own.get({ run, client });
		if (!row) throw notFound();
		return row;
	}

	return {
		async list(client, { cursor, limit = DEFAULT_LIMIT }) {
			const from = cursor === undefined ? null : parseCursor(cursor);
			const rows = db.q
				.select({ run: runs, tokens, artifactCount })
				.from(runs)
				.where(
					and(
						eq(runs.clientId, client),
						from === null
							? undefined
							: or(
									lt(runs.createdAt, from.at),
									and(eq(runs.createdAt, from.at), lt(runs.id, from.id))
								)
					)
				)
				.orderBy(desc(runs.createdAt), desc(runs.id))
				.limit(limit + 1)
				.all();
			const page = rows.slice(0, limit);
			const last = page.at(-1)?.run;
			return {
				runs: page.map((row) => ({
					run_id: row.run.id,
					workflow_id: row.run.workflowId,
					name: row.run.name,
					user_directive: row.run.userDirective,
					status: toStatus(row.run.status),
					start_time: row.run.createdAt.toISOString(),
					end_time: row.run.endedAt?.toISOString() ?? null,
					total_tokens_used: row.tokens,
					artifact_count: row.artifactCount,
					error: toFailure(row.run.error)
				})),
				next: rows.length > limit && last ? cursorOf(last.createdAt, last.id) : null
			};
		},
		async state(client, run) {
			const row = find(client, run);
			return toRunState(row, toNames(row.attachedFiles), stepRows.all({ run }));
		},
		async config(client, run) {
			return workflowSchema.parse(find(client, run).config);
		},
		standing(run) {
			const row = standing.get({ run });
			return row ? { status: toStatus(row.status), lastEvent: row.lastEvent } : null;
		},
		active() {
			return db.q
				.select({ id: runs.id })
				.from(runs)
				.where(inArray(runs.status, RUN_STATUSES.filter(isActive)))
				.all()
				.map(({ id }) => parseRunId(id));
		},
		requireOwn(client, run) {
			find(client, run);
		},
		async remove(client, run) {
			const removed = await db.write(() => {
				find(client, run);
				return db.q
					.delete(runs)
					.where(and(eq(runs.id, run), eq(runs.clientId, client), inArray(runs.status, ENDED)))
					.run().changes;
			});
			if (removed === 0)
				throw new DomainError('conflict', 'The run is still active. Stop it before deleting it.');
			events?.notify(run);
			await files.removeFolder(sessionFolder(run));
			await files.removeFolder(artifactsFolder(client, run));
		}
	};
}

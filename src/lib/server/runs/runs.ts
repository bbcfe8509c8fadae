import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { DomainError, notFound } from '../../domain/errors';
import { parseRunId, type ClientId, type RunId } from '../../domain/ids';
import { isActive, RUN_STATUSES, type RunState } from '../../domain/run';
import { workflowSchema, type WorkflowConfig } from '../../domain/workflow';
import type { Db } from '../db/client';
import { runs, steps } from '../db/schema';
import type { Files } from '../storage/files';
import { artifactsFolder, sessionFolder } from '../storage/layout';
import type { RunEventLog } from './events';
import { createRunList, type RunList, type RunPage } from './list';
import { durationOf, toDigests, toNames, toRunState, toStatus } from './rows';

export interface Runs {
	/** Newest first; see `list.ts`. */
	list(client: ClientId, page: RunPage): Promise<RunList>;
	state(client: ClientId, run: RunId): Promise<RunState>;
	config(client: ClientId, run: RunId): Promise<WorkflowConfig>;
	/** SHA-256 of each attached file as the run got it, by name; none before it began. */
	inputs(client: ClientId, run: RunId): Record<string, string>;
	/** As the list has it. */
	duration(client: ClientId, run: RunId): number | null;
	/** Where the run stands, for its event stream; null when it does not exist. */
	standing(run: RunId): { status: RunState['status']; lastEvent: number } | null;
	/** Every run of every client that is not over. */
	active(): RunId[];
	/** @throws DomainError `not_found`: the run is not this client's. */
	requireOwn(client: ClientId, run: RunId): void;
	/** Row first, then folders. @throws DomainError `conflict` while the run is active. */
	remove(client: ClientId, run: RunId): Promise<void>;
}

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
	function find(client: ClientId, run: RunId): typeof runs.$inferSelect {
		const row = own.get({ run, client });
		if (!row) throw notFound();
		return row;
	}

	return {
		list: createRunList({ db }).list,
		async state(client, run) {
			const row = find(client, run);
			return toRunState(row, toNames(row.attachedFiles), stepRows.all({ run }));
		},
		async config(client, run) {
			return workflowSchema.parse(find(client, run).config);
		},
		inputs(client, run) {
			return toDigests(find(client, run).inputs);
		},
		duration(client, run) {
			return durationOf(find(client, run));
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

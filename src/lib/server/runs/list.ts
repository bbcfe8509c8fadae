import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, desc, eq, gte, lt, sql } from 'drizzle-orm';
import { foldName } from '../../domain/file-name';
import type { ClientId } from '../../domain/ids';
import type { RunStatus, RunSummary } from '../../domain/run';
import type { Db } from '../db/client';
import { runs } from '../db/schema';
import { cursorOf, parseCursor } from './cursor';
import { durationOf, toFailure, toStatus } from './rows';
import { createSums } from './sums';

/** Which runs a list shows; what is left out does not matter. */
export interface RunFilter {
	/** Any of these. */
	status?: readonly RunStatus[] | undefined;
	/** A workflow's id. */
	workflow?: string | undefined;
	/** Part of the directive, the name or the run's id; case does not matter. */
	q?: string | undefined;
	/** Made at this time or later. */
	since?: Date | undefined;
	/** Made before this time. */
	until?: Date | undefined;
}

export interface RunPage extends RunFilter {
	/** `next` of the page before. */
	cursor?: string | undefined;
	limit?: number | undefined;
}

export interface RunList {
	runs: RunSummary[];
	/** Where the next page begins; null at the end. */
	next: string | null;
}

const { id, workflowId, name, userDirective, status, createdAt, startedAt, endedAt } = runs;
/** A filter reads thousands of rows: without their workflows. */
const COLUMNS = {
	id,
	workflowId,
	name,
	userDirective,
	status,
	createdAt,
	startedAt,
	endedAt,
	error: runs.error,
	rerunOf: runs.rerunOf
};
type RunRow = Pick<typeof runs.$inferSelect, keyof typeof COLUMNS>;

const DEFAULT_LIMIT = 50;
/** Rows that a filter has to look at are read this many at once … */
const BATCH = 200;
/** … and this many for one page: then it answers with what it has, and where to go on. */
const MAX_READ = 5000;

/** One page of a client's runs, newest first. `MAX_READ` bounds what a filter reads. */
export function createRunList({ db }: { db: Db }) {
	const sums = createSums({ db });

	/** The runs after `from` in the filter's time. */
	function statement(client: ClientId, filter: RunFilter, from: Position | null, limit: number) {
		const { since, until } = filter;
		return db.q
			.select(COLUMNS)
			.from(runs)
			.where(
				and(
					eq(runs.clientId, client),
					from
						? sql`(${runs.createdAt}, ${runs.id}) < (${from.at.getTime()}, ${from.id})`
						: undefined,
					since ? gte(runs.createdAt, since) : undefined,
					until ? lt(runs.createdAt, until) : undefined
				)
			)
			.orderBy(desc(runs.createdAt), desc(runs.id))
			.limit(limit);
	}

	async function search(client: ClientId, filter: RunFilter, from: Position | null, limit: number) {
		const isWanted = wantedBy(filter);
		if (!isWanted) {
			const rows = statement(client, filter, from, limit + 1).all();
			const found = rows.slice(0, limit);
			return { found, last: rows.length > limit ? found.at(-1) : undefined };
		}
		const found: RunRow[] = [];
		let position = from;
		for (let read = 0; read < MAX_READ; read += BATCH) {
			const rows = statement(client, filter, position, BATCH).all();
			for (const row of rows) {
				if (!isWanted(row)) continue;
				if (found.length === limit) return { found, last: found.at(-1) };
				found.push(row);
			}
			const last = rows.at(-1);
			if (!last || rows.length < BATCH) return { found, last: undefined };
			position = { at: last.createdAt, id: last.id };
			// Other requests go in between.
			await nextTurn();
		}
		return { found, last: position ? { createdAt: position.at, id: position.id } : undefined };
	}

	return {
		/** What is asked of the database, for the check that an index serves it. */
		statement,
		/** @throws DomainError `invalid` for a cursor that no list gave out. */
		async list(client: ClientId, page: RunPage): Promise<RunList> {
			const { cursor, limit = DEFAULT_LIMIT, ...filter } = page;
			const from = cursor === undefined ? null : parseCursor(cursor);
			const { found, last } = await search(client, filter, from, limit);
			const summed = sums.of(found.map(({ id }) => id));
			return {
				runs: found.map((row) => ({ ...described(row), ...summed(row.id) })),
				next: last ? cursorOf(last.createdAt, last.id) : null
			};
		}
	};
}

type Position = ReturnType<typeof parseCursor>;

/** What has no index is looked for in the rows; null when every row is wanted. */
function wantedBy({ q = '', status, workflow }: RunFilter): ((row: RunRow) => boolean) | null {
	const text = foldName(q).trim();
	if (text === '' && !status && workflow === undefined) return null;
	const statuses = status && new Set<string>(status);
	return (row) =>
		(!statuses || statuses.has(row.status)) &&
		(workflow === undefined || row.workflowId === workflow) &&
		[row.userDirective, row.name, row.id].some((own) => foldName(own).includes(text));
}

function described(row: RunRow) {
	const { startedAt, endedAt } = row;
	return {
		run_id: row.id,
		workflow_id: row.workflowId,
		name: row.name,
		user_directive: row.userDirective,
		status: toStatus(row.status),
		start_time: row.createdAt.toISOString(),
		end_time: endedAt?.toISOString() ?? null,
		started_at: startedAt?.toISOString() ?? null,
		duration_ms: durationOf(row),
		error: toFailure(row.error),
		...(row.rerunOf === null ? {} : { rerun_of: row.rerunOf })
	};
}

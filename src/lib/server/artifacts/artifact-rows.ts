import { and, asc, desc, eq, exists, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import type { Artifact } from '../../domain/artifact';
import { isClientId, parseRunId, type ClientId, type RunId } from '../../domain/ids';
import { RUN_STATUSES, type RunStatus } from '../../domain/run';
import type { Db } from '../db/client';
import { artifactRefusals, artifacts, runs } from '../db/schema';

export type ArtifactRow = typeof artifacts.$inferSelect;
export type RefusalRow = typeof artifactRefusals.$inferSelect;

/** What artifacts need to know of the run that made them. */
export type RunRow = Pick<
	typeof runs.$inferSelect,
	'workflowId' | 'userDirective' | 'createdAt' | 'expiresAt' | 'pinned'
> & { id: RunId; clientId: ClientId; status: RunStatus };

/** A place in a newest-first order: everything before it is newer. */
export interface Position {
	/** Milliseconds. */
	at: number;
	id: string;
}

/** Before everything there is. */
export const NEWEST: Position = { at: Number.MAX_SAFE_INTEGER, id: '' };

const ENDED = ['completed', 'failed', 'cancelled'] satisfies RunStatus[];

/** The prepared queries of artifacts; each is served by an index. Only reads. */
export function createArtifactRows({ db }: { db: Db }) {
	const { q } = db;
	const p = sql.placeholder;
	const runColumns = {
		id: runs.id,
		clientId: runs.clientId,
		workflowId: runs.workflowId,
		userDirective: runs.userDirective,
		status: runs.status,
		createdAt: runs.createdAt,
		expiresAt: runs.expiresAt,
		pinned: runs.pinned
	};
	const readable = or(runs.pinned, isNull(runs.expiresAt), gt(runs.expiresAt, p('now')));
	const anythingKept = or(
		exists(
			q
				.select({ one: sql`1` })
				.from(artifacts)
				.where(eq(artifacts.runId, runs.id))
		),
		exists(
			q
				.select({ one: sql`1` })
				.from(artifactRefusals)
				.where(eq(artifactRefusals.runId, runs.id))
		)
	);

	const runById = q
		.select(runColumns)
		.from(runs)
		.where(eq(runs.id, p('run')))
		.prepare();
	const runsOfClient = q
		.select(runColumns)
		.from(runs)
		.where(
			and(
				eq(runs.clientId, p('client')),
				sql`(${runs.createdAt}, ${runs.id}) < (${p('at')}, ${p('id')})`,
				readable,
				anythingKept
			)
		)
		.orderBy(desc(runs.createdAt), desc(runs.id))
		.limit(p('limit'))
		.prepare();
	const expired = q
		.select({ id: runs.id })
		.from(runs)
		.where(
			and(
				lte(runs.expiresAt, p('now')),
				eq(runs.pinned, false),
				inArray(runs.status, ENDED),
				anythingKept
			)
		)
		.prepare();
	const oldRuns = q
		.select({ id: runs.id })
		.from(runs)
		.where(
			and(
				eq(runs.clientId, p('client')),
				sql`coalesce(${runs.endedAt}, ${runs.createdAt}) <= ${p('before')}`,
				eq(runs.pinned, false),
				inArray(runs.status, ENDED),
				readable,
				anythingKept
			)
		)
		.orderBy(desc(runs.createdAt), desc(runs.id))
		.limit(p('limit'))
		.prepare();
	const ofRun = q
		.select()
		.from(artifacts)
		.where(eq(artifacts.runId, p('run')))
		.orderBy(asc(artifacts.filename), asc(artifacts.version))
		.prepare();
	const ofName = q
		.select()
		.from(artifacts)
		.where(and(eq(artifacts.runId, p('run')), eq(artifacts.filename, p('name'))))
		.orderBy(desc(artifacts.version))
		.prepare();
	const refusals = q
		.select()
		.from(artifactRefusals)
		.where(eq(artifactRefusals.runId, p('run')))
		.orderBy(asc(sql`${artifactRefusals}.rowid`))
		.prepare();
	const newest = q
		.select({
			run_id: artifacts.runId,
			filename: artifacts.filename,
			version: artifacts.version,
			agent_id: artifacts.agentId,
			generated_at: artifacts.generatedAt,
			size_bytes: artifacts.sizeBytes,
			content_type: artifacts.contentType,
			sha256: artifacts.sha256,
			id: artifacts.id
		})
		.from(artifacts)
		.innerJoin(runs, eq(runs.id, artifacts.runId))
		.where(
			and(
				eq(artifacts.clientId, p('client')),
				sql`(${artifacts.generatedAt}, ${artifacts.id}) < (${p('at')}, ${p('id')})`,
				eq(artifacts.missing, false),
				readable
			)
		)
		.orderBy(desc(artifacts.generatedAt), desc(artifacts.id))
		.limit(p('limit'))
		.prepare();
	const bytesOfClient = q
		.select({ bytes: sql<number>`coalesce(sum(${artifacts.sizeBytes}), 0)` })
		.from(artifacts)
		.where(eq(artifacts.clientId, p('client')))
		.prepare();
	const filesOfRun = q
		.select({
			// A name's versions stand together in the index: counting them sorts nothing.
			files: sql<number>`(select count(distinct a.filename) from artifacts a
				where a.run_id = runs.id and a.missing = 0)`.as('files')
		})
		.from(runs)
		.where(and(eq(runs.clientId, p('client')), readable))
		.as('files_of_run');
	const holdings = q
		.select({
			runs: sql<number>`count(*)`,
			files: sql<number>`coalesce(sum(${filesOfRun.files}), 0)`
		})
		.from(filesOfRun)
		.where(gt(filesOfRun.files, 0))
		.prepare();
	const runIds = q
		.selectDistinct({ id: artifacts.runId })
		.from(artifacts)
		.where(gt(artifacts.runId, p('after')))
		.orderBy(asc(artifacts.runId))
		.limit(p('limit'))
		.prepare();

	return {
		/** The statements themselves, for tests that look at their query plans. */
		statements: { runsOfClient, newest, ofRun, ofName, bytesOfClient, holdings, expired },
		run(run: RunId): RunRow | null {
			const row = runById.get({ run });
			return row ? toRunRow(row) : null;
		},
		/** Runs that may be read and kept or refused something, newest first, from after `from`. */
		runsOfClient(client: ClientId, from: Position, now: Date, limit: number): RunRow[] {
			return runsOfClient.all({ client, ...from, now: now.getTime(), limit }).map(toRunRow);
		},
		/** Ended, unpinned, past their time, and still with something to remove. */
		expiredRuns: (now: Date): string[] => expired.all({ now: now.getTime() }).map((r) => r.id),
		/** Ended before or at `before`, unpinned, still readable, with something to remove. */
		oldRuns: (client: ClientId, before: Date, now: Date, limit: number): RunId[] =>
			oldRuns
				.all({ client, before: before.getTime(), now: now.getTime(), limit })
				.map((row) => parseRunId(row.id)),
		/** By name, then version, ascending. */
		ofRun: (run: string): ArtifactRow[] => ofRun.all({ run }),
		/** Newest version first. */
		ofName: (run: string, name: string): ArtifactRow[] => ofName.all({ run, name }),
		/** In the order they happened. */
		refusals: (run: string): RefusalRow[] => refusals.all({ run }),
		/** A client's newest readable artifacts. */
		newest: (client: ClientId, from: Position, now: Date, limit: number) =>
			newest.all({ client, ...from, now: now.getTime(), limit }),
		/** What all of a client's artifacts hold together, expired ones included until they are swept. */
		bytesOfClient: (client: ClientId): number => bytesOfClient.get({ client })?.bytes ?? 0,
		/** Runs with readable artifacts, and their files; versions of one name count once. */
		holdings: (client: ClientId, now: Date): { runs: number; files: number } =>
			holdings.get({ client, now: now.getTime() }) ?? { runs: 0, files: 0 },
		/** Runs that have artifact rows, by id. */
		runIds: (after: string, limit: number): string[] =>
			runIds.all({ after, limit }).map((row) => row.id)
	};
}

export type ArtifactRows = ReturnType<typeof createArtifactRows>;

export function toArtifact(row: ArtifactRow): Artifact {
	return {
		filename: row.filename,
		version: row.version,
		agent_id: row.agentId,
		generated_at: row.generatedAt.toISOString(),
		size_bytes: row.sizeBytes,
		content_type: row.contentType,
		sha256: row.sha256
	};
}

function toRunRow(
	row: Omit<RunRow, 'id' | 'clientId' | 'status'> & { id: string; clientId: string; status: string }
): RunRow {
	const { clientId } = row;
	if (!isClientId(clientId))
		throw new Error(`The client id ${JSON.stringify(clientId)} in the database is not one.`);
	return { ...row, id: parseRunId(row.id), clientId, status: statusOf(row.status) };
}

function statusOf(raw: string): RunStatus {
	const status = RUN_STATUSES.find((s) => s === raw);
	if (!status) throw new Error(`The run status ${JSON.stringify(raw)} in the database is not one.`);
	return status;
}

import { and, desc, eq, lte, sql } from 'drizzle-orm';
import type { ClientId } from '../../domain/ids';
import { workflowSchema, type WorkflowConfig } from '../../domain/workflow';
import type { WorkflowVersion, WorkflowVersionInfo } from '../../domain/workflow-version';
import type { Db } from '../db/client';
import { workflowVersions } from '../db/schema';

/** How many versions of one workflow are kept … */
export const MAX_VERSIONS = 50;
/** … and what all of them may take. The newest stays in any case. */
export const MAX_VERSIONS_BYTES = 8 * 2 ** 20;

/** What stored workflows were before; see `workflow_versions`. */
export interface Versions {
	/** Within a unit: the next version of a workflow that is stored. The oldest go. */
	record(client: ClientId, config: WorkflowConfig, at: Date): WorkflowVersion;
	/** What is stored now. */
	newest(client: ClientId, id: string): WorkflowVersion | null;
	/** Newest first; empty when there are none. */
	list(client: ClientId, id: string): WorkflowVersionInfo[];
	get(client: ClientId, id: string, version: number): WorkflowVersion | null;
}

export function createVersions(db: Db): Versions {
	const { version, createdAt, config } = workflowVersions;
	const of = (client: ClientId, id: string) =>
		and(eq(workflowVersions.clientId, client), eq(workflowVersions.workflowId, id));

	const whole = (row: typeof workflowVersions.$inferSelect): WorkflowVersion => ({
		version: row.version,
		created_at: row.createdAt.toISOString(),
		workflow: workflowSchema.parse(row.config)
	});

	/** Without their configurations: those may be large. */
	const sizes = (client: ClientId, id: string) =>
		db.q
			.select({ version, bytes: sql<number>`octet_length(${config})` })
			.from(workflowVersions)
			.where(of(client, id))
			.orderBy(desc(version))
			.all();

	function removeExpired(client: ClientId, id: string): void {
		let total = 0;
		const expired = sizes(client, id).find(({ bytes }, place) => {
			total += bytes;
			return place > 0 && (place >= MAX_VERSIONS || total > MAX_VERSIONS_BYTES);
		});
		if (!expired) return;
		db.q
			.delete(workflowVersions)
			.where(and(of(client, id), lte(version, expired.version)))
			.run();
	}

	return {
		record(client, config, at) {
			const next = (sizes(client, config.id)[0]?.version ?? 0) + 1;
			db.q
				.insert(workflowVersions)
				.values({ clientId: client, workflowId: config.id, version: next, config, createdAt: at })
				.run();
			removeExpired(client, config.id);
			return { version: next, created_at: at.toISOString(), workflow: config };
		},
		newest(client, id) {
			const row = db.q
				.select()
				.from(workflowVersions)
				.where(of(client, id))
				.orderBy(desc(version))
				.limit(1)
				.get();
			return row ? whole(row) : null;
		},
		list: (client, id) =>
			db.q
				.select({
					version,
					createdAt,
					name: sql<string>`json_extract(${config}, '$.name')`,
					agents: sql<number>`json_array_length(${config}, '$.agents')`
				})
				.from(workflowVersions)
				.where(of(client, id))
				.orderBy(desc(version))
				.all()
				.map(({ createdAt, ...row }) => ({ ...row, created_at: createdAt.toISOString() })),
		get(client, id, version) {
			const row = db.q
				.select()
				.from(workflowVersions)
				.where(and(of(client, id), eq(workflowVersions.version, version)))
				.get();
			return row ? whole(row) : null;
		}
	};
}

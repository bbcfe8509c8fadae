import { and, desc, eq, lte } from 'drizzle-orm';
import type { ClientId } from '../../domain/ids';
import { workflowSchema, type WorkflowConfig } from '../../domain/workflow';
import type { WorkflowVersion, WorkflowVersionInfo } from '../../domain/workflow-version';
import type { Db } from '../db/client';
import { workflowVersions } from '../db/schema';

/** How many versions of one workflow are kept. */
export const MAX_VERSIONS = 50;

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
	const of = (client: ClientId, id: string) =>
		and(eq(workflowVersions.clientId, client), eq(workflowVersions.workflowId, id));

	const rows = (client: ClientId, id: string) =>
		db.q
			.select()
			.from(workflowVersions)
			.where(of(client, id))
			.orderBy(desc(workflowVersions.version));

	const whole = (row: typeof workflowVersions.$inferSelect): WorkflowVersion => ({
		version: row.version,
		created_at: row.createdAt.toISOString(),
		workflow: workflowSchema.parse(row.config)
	});

	return {
		record(client, config, at) {
			const version = (rows(client, config.id).limit(1).get()?.version ?? 0) + 1;
			db.q
				.insert(workflowVersions)
				.values({ clientId: client, workflowId: config.id, version, config, createdAt: at })
				.run();
			const expired = lte(workflowVersions.version, version - MAX_VERSIONS);
			db.q
				.delete(workflowVersions)
				.where(and(of(client, config.id), expired))
				.run();
			return { version, created_at: at.toISOString(), workflow: config };
		},
		newest(client, id) {
			const row = rows(client, id).limit(1).get();
			return row ? whole(row) : null;
		},
		list: (client, id) =>
			rows(client, id)
				.all()
				.map(({ version, createdAt, config }) => {
					const { name, agents } = workflowSchema.parse(config);
					return { version, created_at: createdAt.toISOString(), name, agents: agents.length };
				}),
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

import { isDeepStrictEqual } from 'node:util';
import { and, asc, count, eq } from 'drizzle-orm';
import { DomainError, notFound } from '../../domain/errors';
import type { ClientId } from '../../domain/ids';
import { workflowSchema, type Agent, type WorkflowConfig } from '../../domain/workflow';
import type { WorkflowVersion, WorkflowVersionInfo } from '../../domain/workflow-version';
import type { Db } from '../db/client';
import { workflows } from '../db/schema';
import { COMPARE_FILES } from './compare-files';
import { DATA_CLEANING } from './data-cleaning';
import { DATA_PROFILE } from './data-profile';
import { QUESTION_OVER_DATA } from './question-over-data';
import { RESEARCH_REPORT } from './research-report';
import { createVersions } from './versions';

/** How many workflows one client may store. */
export const MAX_STORED = 500;

/** Starters, which are there without anybody having made them, and what clients have stored. */
export interface Workflows {
	/** Starters, in the order they should be offered, then the client's own by name. */
	list(client: ClientId): Promise<WorkflowConfig[]>;
	get(client: ClientId, id: string): Promise<WorkflowConfig | null>;
	isStarter(id: string): boolean;
	/**
	 * Stores the workflow under its id, replacing the client's own of that id. What changes something
	 * makes a version.
	 * @throws DomainError `forbidden` for a starter's id, `invalid` when it could not be run, `too_large`
	 * when the client has too many
	 */
	put(client: ClientId, config: WorkflowConfig): Promise<'created' | 'replaced'>;
	/** With all its versions. @throws DomainError `not_found`; `forbidden` for a starter */
	remove(client: ClientId, id: string): Promise<void>;
	/**
	 * What a stored workflow was each time it was put differently, newest first; the newest is what it
	 * is now. Empty for a starter, which never changes. @throws DomainError `not_found`
	 */
	versions(client: ClientId, id: string): Promise<WorkflowVersionInfo[]>;
	/** @throws DomainError `not_found`, also for a version that is too old to be kept */
	version(client: ClientId, id: string, version: number): Promise<WorkflowVersion>;
}

const STARTERS: readonly WorkflowConfig[] = [
	DATA_PROFILE,
	QUESTION_OVER_DATA,
	RESEARCH_REPORT,
	DATA_CLEANING,
	COMPARE_FILES
];

export function createWorkflows(deps: {
	db: Db;
	now: () => Date;
	/** @throws DomainError `invalid` naming what keeps these agents from being run */
	requireRunnable: (agents: Agent[]) => void;
}): Workflows {
	const { db, now, requireRunnable } = deps;
	const versions = createVersions(db);
	const isStarter = (id: string) => STARTERS.some((starter) => starter.id === id);

	function requireOwnId(id: string): void {
		if (isStarter(id))
			throw new DomainError(
				'forbidden',
				`"${id}" comes with Raro and cannot be changed. Store your version under another id.`
			);
	}

	const stored = (client: ClientId) =>
		db.q.select({ many: count() }).from(workflows).where(eq(workflows.clientId, client)).get()
			?.many ?? 0;

	function find(client: ClientId, id: string): WorkflowConfig | null {
		const starter = STARTERS.find((known) => known.id === id);
		if (starter) return structuredClone(starter);
		const row = db.q
			.select({ config: workflows.config })
			.from(workflows)
			.where(and(eq(workflows.clientId, client), eq(workflows.id, id)))
			.get();
		return row ? workflowSchema.parse(row.config) : null;
	}

	return {
		async list(client) {
			const own = db.q
				.select({ config: workflows.config })
				.from(workflows)
				.where(eq(workflows.clientId, client))
				.orderBy(asc(workflows.id))
				.all()
				.map((row) => workflowSchema.parse(row.config));
			own.sort((a, b) => a.name.localeCompare(b.name));
			return [...structuredClone(STARTERS), ...own];
		},
		get: async (client, id) => find(client, id),
		isStarter,
		async put(client, config) {
			requireOwnId(config.id);
			requireRunnable(config.agents);
			return db.write(() => {
				const at = now();
				const before = find(client, config.id);
				if (before) {
					if (isDeepStrictEqual(before, config)) return 'replaced';
					const own = and(eq(workflows.clientId, client), eq(workflows.id, config.id));
					db.q.update(workflows).set({ config, updatedAt: at }).where(own).run();
					versions.record(client, config, at);
					return 'replaced';
				}
				if (stored(client) >= MAX_STORED)
					throw new DomainError(
						'too_large',
						`There are ${MAX_STORED} stored workflows already. Delete one first.`
					);
				db.q
					.insert(workflows)
					.values({ clientId: client, id: config.id, config, createdAt: at, updatedAt: at })
					.run();
				versions.record(client, config, at);
				return 'created';
			});
		},
		async remove(client, id) {
			requireOwnId(id);
			const own = and(eq(workflows.clientId, client), eq(workflows.id, id));
			const removed = await db.write(() => db.q.delete(workflows).where(own).run().changes);
			if (removed === 0) throw notFound();
		},
		async versions(client, id) {
			if (!find(client, id)) throw notFound();
			return versions.list(client, id);
		},
		async version(client, id, version) {
			const found = versions.get(client, id, version);
			if (!found) throw notFound();
			return found;
		}
	};
}

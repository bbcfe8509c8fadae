import { isDeepStrictEqual } from 'node:util';
import { and, asc, count, eq, sql } from 'drizzle-orm';
import { DomainError, notFound } from '../../domain/errors';
import type { ClientId } from '../../domain/ids';
import { workflowSchema, type Agent, type WorkflowConfig } from '../../domain/workflow';
import {
	versionTag,
	type WorkflowVersion,
	type WorkflowVersionInfo
} from '../../domain/workflow-version';
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

/** The address of the page that makes one: what is stored under it could not be opened. */
export const RESERVED_ID = 'new';

/** Starters, which are there without anybody having made them, and what clients have stored. */
export interface Workflows {
	/** Starters, in the order they should be offered, then the client's own by name. */
	list(client: ClientId): Promise<WorkflowConfig[]>;
	/** Of all that `list` has, in its order, without reading them whole. */
	names(client: ClientId): Promise<Pick<WorkflowConfig, 'id' | 'name'>[]>;
	get(client: ClientId, id: string): Promise<WorkflowConfig | null>;
	isStarter(id: string): boolean;
	/** One's own as it is stored now, with its version; null for a starter too. */
	newest(client: ClientId, id: string): Promise<WorkflowVersion | null>;
	/**
	 * Stores the workflow under its id, replacing the client's own of that id. What changes something
	 * makes a version.
	 * @param over the `versionTag` of what it is to replace, null when nothing may be there yet; left
	 * out, it replaces whatever there is
	 * @throws DomainError `forbidden` for a starter's id, `invalid` for `RESERVED_ID` and when it could not
	 * be run, `too_large` when the client has too many, `conflict` when something else than `over` is
	 * stored, unless that is exactly this one
	 */
	put(client: ClientId, config: WorkflowConfig, over?: string | null): Promise<Stored>;
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

/** What has become of a workflow that was put. */
export interface Stored {
	done: 'created' | 'replaced';
	/** The newest version now. */
	version: WorkflowVersion;
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
		async names(client) {
			const own = db.q
				.select({
					id: workflows.id,
					name: sql<string>`json_extract(${workflows.config}, '$.name')`
				})
				.from(workflows)
				.where(eq(workflows.clientId, client))
				.orderBy(asc(workflows.id))
				.all();
			own.sort((a, b) => a.name.localeCompare(b.name));
			return [...STARTERS.map(({ id, name }) => ({ id, name })), ...own];
		},
		get: async (client, id) => find(client, id),
		isStarter,
		newest: async (client, id) => versions.newest(client, id),
		async put(client, config, over) {
			requireOwnId(config.id);
			if (config.id === RESERVED_ID)
				throw new DomainError(
					'invalid',
					`A workflow cannot have the id "${RESERVED_ID}": it is the address where new ones are made. Give it another id.`,
					[{ workflow_id: RESERVED_ID, problem: 'reserved_id' }]
				);
			requireRunnable(config.agents);
			return db.write(() => {
				const at = now();
				const before = versions.newest(client, config.id);
				// Also where it was put before and only the answer was lost.
				if (before && isDeepStrictEqual(before.workflow, config))
					return { done: 'replaced', version: before };
				requireNewest(config.id, over, before);
				if (before) {
					const own = and(eq(workflows.clientId, client), eq(workflows.id, config.id));
					db.q.update(workflows).set({ config, updatedAt: at }).where(own).run();
					return { done: 'replaced', version: versions.record(client, config, at) };
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
				return { done: 'created', version: versions.record(client, config, at) };
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

/** @throws DomainError `conflict` when `over` names something else than what is stored */
function requireNewest(
	id: string,
	over: string | null | undefined,
	now: WorkflowVersion | null
): void {
	const tag = now && versionTag(now);
	if (over === undefined || over === tag) return;
	const { version = null, created_at = null } = now ?? {};
	throw new DomainError('conflict', conflictMessage(id, over, now), [
		{ workflow_id: id, problem: 'changed_meanwhile', version, created_at }
	]);
}

function conflictMessage(id: string, over: string | null, now: WorkflowVersion | null): string {
	if (!now) return `"${id}" was deleted after it was opened here. Nothing was stored.`;
	if (over === null) return `There is a workflow "${id}" already. Nothing was stored.`;
	return `Version ${now.version} of "${id}" was stored after it was opened here. Nothing was stored: look at that version, then store yours over it or under another id.`;
}

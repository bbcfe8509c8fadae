import {
	foreignKey,
	integer,
	primaryKey,
	sqliteTable,
	text,
	uniqueIndex
} from 'drizzle-orm/sqlite-core';
import { json, time } from './columns';

/** The owners of everything else. The row `public` has no key: it owns the shared shelf. */
export const clients = sqliteTable(
	'clients',
	{
		id: text('id').primaryKey(),
		/** SHA-256 of the key, lower-case hex; the key itself is never stored. */
		keyHash: text('key_hash'),
		createdAt: time('created_at').notNull(),
		lastSeenAt: time('last_seen_at').notNull()
	},
	(t) => [uniqueIndex('clients_key_hash').on(t.keyHash)]
);

export const libraryFiles = sqliteTable(
	'library_files',
	{
		id: text('id').primaryKey(),
		clientId: text('client_id')
			.notNull()
			.references(() => clients.id, { onDelete: 'cascade' }),
		name: text('name').notNull(),
		/** `foldName(name)`: what makes two names the same. */
		foldedName: text('folded_name').notNull(),
		sizeBytes: integer('size_bytes').notNull(),
		contentType: text('content_type').notNull(),
		sha256: text('sha256').notNull(),
		uploadedAt: time('uploaded_at').notNull(),
		/** JSON of the domain's `Origin`, for promoted files. */
		origin: json('origin'),
		/** Path below the storage root. */
		storageKey: text('storage_key').notNull(),
		/** Set by the start-up reconcile when the file is gone from disk. */
		missing: integer('missing', { mode: 'boolean' }).notNull().default(false)
	},
	(t) => [uniqueIndex('library_files_client_name').on(t.clientId, t.foldedName)]
);

/** Workflows that a client has stored; starters are part of the program. */
export const workflows = sqliteTable(
	'workflows',
	{
		clientId: text('client_id')
			.notNull()
			.references(() => clients.id, { onDelete: 'cascade' }),
		id: text('id').notNull(),
		/** JSON of the validated `WorkflowConfig`. */
		config: json('config').notNull(),
		createdAt: time('created_at').notNull(),
		updatedAt: time('updated_at').notNull()
	},
	(t) => [primaryKey({ columns: [t.clientId, t.id] })]
);

/** What a stored workflow was each time it was saved differently; the last is what it is now. */
export const workflowVersions = sqliteTable(
	'workflow_versions',
	{
		clientId: text('client_id').notNull(),
		workflowId: text('workflow_id').notNull(),
		/** From 1 for each workflow; the oldest go, numbers never come again. */
		version: integer('version').notNull(),
		/** JSON of the validated `WorkflowConfig`. */
		config: json('config').notNull(),
		createdAt: time('created_at').notNull()
	},
	(t) => [
		primaryKey({ columns: [t.clientId, t.workflowId, t.version] }),
		foreignKey({
			columns: [t.clientId, t.workflowId],
			foreignColumns: [workflows.clientId, workflows.id]
		}).onDelete('cascade')
	]
);

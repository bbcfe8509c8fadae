import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { clients } from './clients';
import { time } from './columns';
import { runs } from './runs';

export const artifacts = sqliteTable(
	'artifacts',
	{
		id: text('id').primaryKey(),
		runId: text('run_id')
			.notNull()
			.references(() => runs.id, { onDelete: 'cascade' }),
		clientId: text('client_id')
			.notNull()
			.references(() => clients.id, { onDelete: 'cascade' }),
		agentId: text('agent_id').notNull(),
		filename: text('filename').notNull(),
		/** From 1 for each name of a run. */
		version: integer('version').notNull(),
		sizeBytes: integer('size_bytes').notNull(),
		contentType: text('content_type').notNull(),
		sha256: text('sha256').notNull(),
		generatedAt: time('generated_at').notNull(),
		storageKey: text('storage_key').notNull(),
		missing: integer('missing', { mode: 'boolean' }).notNull().default(false)
	},
	(t) => [
		uniqueIndex('artifacts_run_name_version').on(t.runId, t.filename, t.version),
		index('artifacts_client_generated').on(t.clientId, t.generatedAt, t.id),
		// Adds up a client's usage without visiting the rows.
		index('artifacts_client_size').on(t.clientId, t.sizeBytes)
	]
);

export const artifactRefusals = sqliteTable(
	'artifact_refusals',
	{
		id: text('id').primaryKey(),
		runId: text('run_id')
			.notNull()
			.references(() => runs.id, { onDelete: 'cascade' }),
		agentId: text('agent_id').notNull(),
		filename: text('filename').notNull(),
		code: text('code').notNull(),
		message: text('message').notNull(),
		at: time('at').notNull()
	},
	(t) => [index('artifact_refusals_run').on(t.runId)]
);

import { sql } from 'drizzle-orm';
import {
	foreignKey,
	index,
	integer,
	primaryKey,
	real,
	sqliteTable,
	text
} from 'drizzle-orm/sqlite-core';
import { clients } from './clients';
import { json, time } from './columns';

export const runs = sqliteTable(
	'runs',
	{
		id: text('id').primaryKey(),
		clientId: text('client_id')
			.notNull()
			.references(() => clients.id, { onDelete: 'cascade' }),
		workflowId: text('workflow_id').notNull(),
		name: text('name').notNull(),
		userDirective: text('user_directive').notNull(),
		/** JSON of the validated `WorkflowConfig`. */
		config: json('config').notNull(),
		/** JSON of the agents as delegation has left them; null while they are as configured. */
		agents: json('agents'),
		/** The run whose steps may be taken over; it may be gone since. */
		rerunOf: text('rerun_of'),
		/** JSON: the names that were asked for. */
		attachedFiles: json('attached_files').notNull(),
		/** JSON: SHA-256 of each attached file as the session got it, by name; null before that. */
		inputs: json('inputs'),
		status: text('status').notNull(),
		/** JSON of the domain's `Failure`. */
		error: json('error'),
		/** A person pressed stop; the run ends `cancelled` as soon as its steps have let go. */
		stopRequested: integer('stop_requested', { mode: 'boolean' }).notNull().default(false),
		createdAt: time('created_at').notNull(),
		/** When it left the queue; null while `queued`. The run's time limit counts from here. */
		startedAt: time('started_at'),
		/** Since when it waits for a person; null while it does not. Its time limit stands still meanwhile. */
		waitingSince: time('waiting_since'),
		/** How long it waited for a person before that, in milliseconds. */
		waitedMs: integer('waited_ms').notNull().default(0),
		endedAt: time('ended_at'),
		/** When its artifacts expire; null while active. */
		expiresAt: time('expires_at'),
		pinned: integer('pinned', { mode: 'boolean' }).notNull().default(false),
		/** Set once the sweep has removed the session folder. */
		sessionRemovedAt: time('session_removed_at'),
		lastEvent: integer('last_event').notNull().default(0)
	},
	(t) => [
		index('runs_client_created').on(t.clientId, t.createdAt, t.id),
		index('runs_status').on(t.status, t.createdAt),
		index('runs_expires')
			.on(t.expiresAt)
			.where(sql`${t.expiresAt} is not null`)
	]
);

export const steps = sqliteTable(
	'steps',
	{
		runId: text('run_id')
			.notNull()
			.references(() => runs.id, { onDelete: 'cascade' }),
		agentId: text('agent_id').notNull(),
		/** Place in topological order, from 0. */
		position: integer('position').notNull(),
		status: text('status').notNull(),
		/** Raised by every claim; a commit counts only under the epoch that claimed the step. */
		epoch: integer('epoch').notNull().default(0),
		/** Raised each time a person retries the step; turns and tool calls belong to one attempt. */
		attempt: integer('attempt').notNull().default(0),
		/** `provider:name`. */
		model: text('model').notNull(),
		turns: integer('turns').notNull().default(0),
		/** JSON: tool names in order of first use. */
		toolsUsed: json('tools_used').notNull().default([]),
		inputTokens: integer('input_tokens').notNull().default(0),
		outputTokens: integer('output_tokens').notNull().default(0),
		costUsd: real('cost_usd'),
		startedAt: time('started_at'),
		endedAt: time('ended_at'),
		answer: text('answer'),
		error: json('error'),
		/** JSON of the domain's `Reuse`, when the step was taken over from another run. */
		reused: json('reused'),
		/** The agent that made this one while the run went on. */
		delegatedBy: text('delegated_by'),
		/** How many delegations lie between the workflow and this agent. */
		depth: integer('depth').notNull().default(0)
	},
	(t) => [primaryKey({ columns: [t.runId, t.agentId] }), index('steps_status').on(t.status)]
);

/** What a person was asked to agree to, and what they said. */
export const approvals = sqliteTable(
	'approvals',
	{
		runId: text('run_id').notNull(),
		agentId: text('agent_id').notNull(),
		attempt: integer('attempt').notNull(),
		/** 0: the agent waits to begin. */
		turn: integer('turn').notNull(),
		/** Place among the turn's calls, from 0. */
		position: integer('position').notNull(),
		/** JSON of the domain's `ApprovalRequest`. */
		request: json('request').notNull(),
		requestedAt: time('requested_at').notNull(),
		decidedAt: time('decided_at'),
		approved: integer('approved', { mode: 'boolean' }),
		note: text('note')
	},
	(t) => [
		primaryKey({ columns: [t.runId, t.agentId, t.attempt, t.turn, t.position] }),
		foreignKey({
			columns: [t.runId, t.agentId],
			foreignColumns: [steps.runId, steps.agentId]
		}).onDelete('cascade')
	]
);

/** What a model answered, kept verbatim so that it is never asked twice. */
export const turns = sqliteTable(
	'turns',
	{
		runId: text('run_id').notNull(),
		agentId: text('agent_id').notNull(),
		attempt: integer('attempt').notNull(),
		/** From 1. */
		turn: integer('turn').notNull(),
		/** JSON of the engine's recorded turn: provider, model, wire message, text, calls, usage. */
		record: json('record').notNull(),
		createdAt: time('created_at').notNull()
	},
	(t) => [
		primaryKey({ columns: [t.runId, t.agentId, t.attempt, t.turn] }),
		foreignKey({
			columns: [t.runId, t.agentId],
			foreignColumns: [steps.runId, steps.agentId]
		}).onDelete('cascade')
	]
);

/** What a tool answered, kept so that it is never called twice. */
export const toolCalls = sqliteTable(
	'tool_calls',
	{
		runId: text('run_id').notNull(),
		agentId: text('agent_id').notNull(),
		attempt: integer('attempt').notNull(),
		turn: integer('turn').notNull(),
		/** Place among the turn's calls, from 0. */
		position: integer('position').notNull(),
		callId: text('call_id').notNull(),
		tool: text('tool').notNull(),
		arguments: json('arguments').notNull(),
		result: json('result').notNull(),
		ok: integer('ok', { mode: 'boolean' }).notNull(),
		startedAt: time('started_at').notNull(),
		endedAt: time('ended_at').notNull()
	},
	(t) => [
		primaryKey({ columns: [t.runId, t.agentId, t.attempt, t.turn, t.position] }),
		foreignKey({
			columns: [t.runId, t.agentId],
			foreignColumns: [steps.runId, steps.agentId]
		}).onDelete('cascade')
	]
);

export const runEvents = sqliteTable(
	'run_events',
	{
		runId: text('run_id')
			.notNull()
			.references(() => runs.id, { onDelete: 'cascade' }),
		seq: integer('seq').notNull(),
		type: text('type').notNull(),
		agentId: text('agent_id'),
		at: time('at').notNull(),
		data: json('data').notNull()
	},
	(t) => [primaryKey({ columns: [t.runId, t.seq] })]
);

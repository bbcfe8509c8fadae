import { z } from 'zod';
import { RUN_STATUSES, STEP_STATUSES } from '$lib/domain/run';

/* The shapes of the HTTP contract, key by key: one more or one less is a failure. */

const time = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const failure = z.strictObject({ code: z.string().min(1), message: z.string().min(1) });
const count = z.int().min(0);

export const newClient = z.strictObject({
	client_id: z.uuid(),
	client_key: z.string().min(22)
});

export const clientState = z.strictObject({
	client_id: z.uuid(),
	created_at: time,
	usage: z.strictObject({ library_bytes: count, artifact_bytes: count, files: count }),
	limits: z.looseObject({ file_bytes: count, library_bytes: count })
});

export const libraryFile = z.strictObject({
	name: z.string(),
	size_bytes: count,
	content_type: z.string().includes('/'),
	sha256,
	uploaded_at: time,
	scope: z.enum(['private', 'public']),
	origin: z
		.strictObject({
			run_id: z.uuid(),
			agent_id: z.string(),
			filename: z.string(),
			version: z.int().min(1),
			sha256,
			generated_at: time
		})
		.nullable()
});
export const libraryList = z.strictObject({ files: z.array(libraryFile) });
export const uploadAnswer = z.strictObject({
	files: z.array(libraryFile),
	refused: z.array(
		z.strictObject({ name: z.string(), code: z.string(), message: z.string().min(5) })
	)
});

export const startAnswer = z.strictObject({ success: z.literal(true), run_id: z.uuid() });

const reuse = z.strictObject({
	run_id: z.uuid(),
	input_tokens: count,
	output_tokens: count,
	cost_usd: z.number().nullable()
});

export const runState = z.strictObject({
	run_id: z.uuid(),
	workflow_id: z.string(),
	name: z.string(),
	user_directive: z.string(),
	status: z.enum(RUN_STATUSES),
	attached_files: z.array(z.string()),
	active_agents: z.array(z.string()),
	completed_agents: z.array(z.string()),
	failed_agents: z.array(z.string()),
	skipped_agents: z.array(z.string()),
	steps: z.array(
		z.strictObject({
			agent_id: z.string(),
			status: z.enum(STEP_STATUSES),
			model: z.string().includes(':'),
			attempt: count,
			turns: count,
			tools_used: z.array(z.string()),
			input_tokens: count,
			output_tokens: count,
			cost_usd: z.number().nullable(),
			started_at: time.nullable(),
			ended_at: time.nullable(),
			answer: z.string().nullable(),
			error: failure.nullable(),
			reused: reuse.optional(),
			delegated_by: z.string().optional()
		})
	),
	total_tokens_used: count,
	start_time: time,
	end_time: time.nullable(),
	error: failure.nullable(),
	last_event: count,
	rerun_of: z.uuid().optional()
});

export const runList = z.strictObject({
	runs: z.array(
		z.looseObject({
			run_id: z.uuid(),
			status: z.enum(RUN_STATUSES),
			start_time: time,
			end_time: time.nullable()
		})
	),
	next: z.string().nullable()
});

const sessionFile = z.strictObject({ name: z.string(), size_bytes: count });
export const sessionFiles = z.strictObject({
	input: z.array(sessionFile),
	output: z.array(sessionFile)
});

export const artifact = z.strictObject({
	filename: z.string(),
	version: z.int().min(1),
	agent_id: z.string(),
	generated_at: time,
	size_bytes: count,
	content_type: z.string(),
	sha256
});
export const runArtifacts = z.strictObject({
	run_id: z.uuid(),
	workflow_id: z.string(),
	user_directive: z.string(),
	created_at: time,
	expires_at: time.nullable(),
	pinned: z.boolean(),
	status: z.enum(RUN_STATUSES),
	artifacts: z.array(artifact),
	refused: z.array(
		z.strictObject({
			filename: z.string(),
			agent_id: z.string(),
			code: z.string(),
			message: z.string()
		})
	)
});
/** `next` goes beyond the contract: it continues a long list. */
export const artifactList = z.strictObject({
	artifacts: z.array(z.strictObject({ run_id: z.uuid(), metadata: runArtifacts })),
	next: z.string().nullable()
});
export const clearAnswer = z.strictObject({ deleted: z.array(z.uuid()) });

export const health = z.strictObject({
	status: z.enum(['ok', 'degraded']),
	version: z.string().regex(/^\d+\.\d+\.\d+/),
	storage: z.strictObject({ writable: z.boolean(), free_bytes: z.number() }),
	sandbox: z.strictObject({ kind: z.string(), detail: z.string(), tier: z.string().optional() }),
	models: z.record(z.string(), z.unknown())
});

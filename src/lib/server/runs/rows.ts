import { z } from 'zod';
import {
	RUN_STATUSES,
	STEP_STATUSES,
	type Failure,
	type Reuse,
	type RunState,
	type RunStatus,
	type StepState,
	type StepStatus
} from '../../domain/run';
import type { runs, steps } from '../db/schema';

type RunRow = typeof runs.$inferSelect;
type StepRow = typeof steps.$inferSelect;

const failure = z.object({ code: z.string(), message: z.string() }).nullable();
const digests = z.record(z.string(), z.string());
const names = z.array(z.string());
const reuse = z.object({
	run_id: z.string(),
	input_tokens: z.number(),
	output_tokens: z.number(),
	cost_usd: z.number().nullable()
});
const runStatus = z.enum(RUN_STATUSES);
const stepStatus = z.enum(STEP_STATUSES);

/** JSON and text columns as the domain has them. @throws ZodError when a row was tampered with. */
export const toFailure = (raw: unknown): Failure | null => failure.parse(raw);
export const toReuse = (raw: unknown): Reuse => reuse.parse(raw);
/** Of a run whose session was not made yet: none. */
export const toDigests = (raw: unknown): Record<string, string> => digests.parse(raw ?? {});
export const toNames = (raw: unknown): string[] => names.parse(raw);
export const toStatus = (raw: string): RunStatus => runStatus.parse(raw);
export const toStepStatus = (raw: string): StepStatus => stepStatus.parse(raw);

/** Milliseconds from when it left the queue, at a resume again; null until it has ended. */
export function durationOf({ startedAt, endedAt }: Pick<RunRow, 'startedAt' | 'endedAt'>) {
	return startedAt && endedAt ? Math.max(0, endedAt.getTime() - startedAt.getTime()) : null;
}

function toStepState(row: StepRow): StepState {
	return {
		agent_id: row.agentId,
		status: toStepStatus(row.status),
		model: row.model,
		attempt: row.attempt,
		turns: row.turns,
		tools_used: toNames(row.toolsUsed),
		input_tokens: row.inputTokens,
		output_tokens: row.outputTokens,
		cost_usd: row.costUsd,
		started_at: row.startedAt?.toISOString() ?? null,
		ended_at: row.endedAt?.toISOString() ?? null,
		answer: row.answer,
		error: toFailure(row.error),
		...(row.reused === null ? {} : { reused: toReuse(row.reused) }),
		...(row.delegatedBy === null ? {} : { delegated_by: row.delegatedBy })
	};
}

/** The HTTP contract's RunState. @param stepRows in topological order */
export function toRunState(row: RunRow, attached: string[], stepRows: StepRow[]): RunState {
	const states = stepRows.map(toStepState);
	const having = (...wanted: StepStatus[]) =>
		states.filter((s) => wanted.includes(s.status)).map((s) => s.agent_id);
	return {
		run_id: row.id,
		workflow_id: row.workflowId,
		name: row.name,
		user_directive: row.userDirective,
		status: toStatus(row.status),
		attached_files: attached,
		active_agents: having('running', 'awaiting_approval'),
		completed_agents: having('completed'),
		failed_agents: having('failed'),
		skipped_agents: having('skipped'),
		steps: states,
		total_tokens_used: states.reduce((sum, s) => sum + s.input_tokens + s.output_tokens, 0),
		start_time: row.createdAt.toISOString(),
		end_time: row.endedAt?.toISOString() ?? null,
		error: toFailure(row.error),
		last_event: row.lastEvent,
		...(row.rerunOf === null ? {} : { rerun_of: row.rerunOf })
	};
}

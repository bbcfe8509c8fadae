export const RUN_STATUSES = [
	'queued',
	'running',
	'awaiting_approval',
	'completed',
	'failed',
	'cancelled'
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const STEP_STATUSES = [
	'waiting',
	'running',
	'awaiting_approval',
	'completed',
	'failed',
	'skipped',
	'cancelled'
] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

/** Why a run or a step ended badly. `code` is stable, `message` is for a person. */
export interface Failure {
	code: string;
	message: string;
}

/** A step that was taken over from another run because nothing it rests on has changed. */
export interface Reuse {
	/** The run it was taken from. */
	run_id: string;
	/** What the step had cost there, and did not cost again. */
	input_tokens: number;
	output_tokens: number;
	cost_usd: number | null;
}

export interface StepState {
	agent_id: string;
	status: StepStatus;
	/** The model that does the work, as `provider:name`. */
	model: string;
	/** Counts from 1; raised each time the step is retried by a person. 0 before it first starts. */
	attempt: number;
	turns: number;
	tools_used: string[];
	input_tokens: number;
	output_tokens: number;
	/** US dollars; null when the model has no known price. */
	cost_usd: number | null;
	started_at: string | null;
	ended_at: string | null;
	answer: string | null;
	error: Failure | null;
	/** Only when the step was taken over. */
	reused?: Reuse;
	/** Only when another agent made this one. */
	delegated_by?: string;
}

export interface RunState {
	run_id: string;
	workflow_id: string;
	name: string;
	user_directive: string;
	status: RunStatus;
	attached_files: string[];
	active_agents: string[];
	completed_agents: string[];
	failed_agents: string[];
	skipped_agents: string[];
	steps: StepState[];
	total_tokens_used: number;
	start_time: string;
	end_time: string | null;
	error: Failure | null;
	/** The number of the newest event. */
	last_event: number;
	/** Only when it is a re-run: of which run. */
	rerun_of?: string;
}

/** A run as lists show it. */
export interface RunSummary {
	run_id: string;
	workflow_id: string;
	name: string;
	user_directive: string;
	status: RunStatus;
	/** When it was asked for. */
	start_time: string;
	end_time: string | null;
	/** When it left the queue; null before. */
	started_at: string | null;
	/** From the queue to the end; null while it has not ended, or never began. */
	duration_ms: number | null;
	total_tokens_used: number;
	/** US dollars, of the steps whose price is known; null when none is. */
	cost_usd: number | null;
	/** Whether every step that used tokens has a price. */
	cost_complete: boolean;
	steps_done: number;
	steps_total: number;
	/** Steps that were taken over from another run, and what they had cost there. */
	steps_reused: number;
	saved_tokens: number;
	saved_cost_usd: number | null;
	artifact_count: number;
	error: Failure | null;
	/** Only when it is a re-run: of which run. */
	rerun_of?: string;
}

/** Whether work may still happen: such a run has no expiry, keeps its session, cannot be deleted. */
export function isActive(status: RunStatus): boolean {
	return status === 'queued' || status === 'running' || status === 'awaiting_approval';
}

/** Whether nothing more happens to the step unless a person resumes the run. */
export function isSettled(status: StepStatus): boolean {
	return !['waiting', 'running', 'awaiting_approval'].includes(status);
}

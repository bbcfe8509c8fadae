import type { Artifact, RefusedArtifact } from './artifact';
import type { Failure, Reuse, RunStatus, StepState, StepStatus } from './run';

/** An agent as the log names it. */
export interface AgentNode {
	id: string;
	role: string;
	model: string;
	tools: string[];
	depends_on: string[];
}

/** What a person is asked to agree to: exactly what will happen. */
export interface ApprovalRequest {
	/** The turn whose call waits; 0 when the agent itself waits to begin. */
	turn: number;
	call_id?: string;
	tool?: string;
	arguments?: unknown;
	/** Names of the session's files that the agent or the code will see. */
	files: string[];
	/** One sentence for a person. */
	reason: string;
}

/** What each type of event carries besides `run_id`, `at` and `agent_id`. */
export interface EventData {
	/** First event; again, with `resumed: true`, each time the run is resumed by a person. */
	run_started: {
		workflow_id: string;
		name: string;
		user_directive: string;
		attached_files: string[];
		/** The graph, in topological order. */
		agents: AgentNode[];
		resumed?: boolean;
		/** When resumed: the steps that wait again; the others stay as they are. */
		reset?: string[];
		/** Of which run this is a re-run. */
		rerun_of?: string;
		/** The run's limits, when it has any. */
		max_token_budget?: number;
		max_cost_usd?: number;
	};
	/** An agent (`agent_id`) changed the running graph. */
	graph_changed: {
		relation: 'child' | 'sibling';
		/** New agents, waiting. */
		added: AgentNode[];
		/** Agents that had not begun and were taken out. */
		removed: string[];
		/** Agents that wait for others now. */
		rewired: { id: string; depends_on: string[] }[];
	};
	/**
	 * A step begins, or begins again: `attempt` counts from 1; `recovered` after a server restart.
	 * `resume_turn` is the first turn that is asked again: what was streamed of it before is void, and
	 * so is every tool call that has not finished.
	 */
	step_started: { attempt: number; model: string; recovered?: boolean; resume_turn?: number };
	/** Text of one turn; the texts of one `turn` belong together. `turn` counts from 1. */
	text_delta: { turn: number; text: string };
	thought_delta: { turn: number; text: string };
	/** `used`: what the step has taken so far, all its attempts together, where tokens are counted. */
	tool_called: {
		turn: number;
		call_id: string;
		tool: string;
		arguments: unknown;
		used?: { input_tokens: number; output_tokens: number; cost_usd: number | null };
	};
	tool_finished: {
		turn: number;
		call_id: string;
		tool: string;
		ok: boolean;
		/** What the model was given. */
		result: unknown;
		duration_ms: number;
	};
	artifact_collected: Artifact;
	artifact_refused: Omit<RefusedArtifact, 'agent_id'>;
	approval_requested: ApprovalRequest;
	/** `turn` and `call_id` as they were asked for. */
	approval_given: { turn: number; call_id?: string; approved: boolean; note?: string };
	step_finished: {
		status: StepStatus;
		answer: string | null;
		error: Failure | null;
		turns: number;
		tools_used: string[];
		input_tokens: number;
		output_tokens: number;
		cost_usd: number | null;
		/** The step was taken over from another run. */
		reused?: Reuse;
	};
	/** Last event, unless the run is resumed later. */
	run_finished: { status: RunStatus; error: Failure | null; total_tokens_used: number };
	/** `resume_turn`: that turn is asked again; what was streamed of it before is void. */
	log: { level: 'info' | 'warn' | 'error'; message: string; resume_turn?: number };
}

export type RunEventType = keyof EventData;

const TYPES: Record<RunEventType, true> = {
	run_started: true,
	graph_changed: true,
	step_started: true,
	text_delta: true,
	thought_delta: true,
	tool_called: true,
	tool_finished: true,
	artifact_collected: true,
	artifact_refused: true,
	approval_requested: true,
	approval_given: true,
	step_finished: true,
	run_finished: true,
	log: true
};

export function isRunEventType(raw: string): raw is RunEventType {
	return Object.hasOwn(TYPES, raw);
}

/** Every type of event there is. */
export const RUN_EVENT_TYPES: readonly RunEventType[] = Object.keys(TYPES).filter(isRunEventType);

/** An event before it has its number. */
export type NewRunEvent = {
	[T in RunEventType]: { type: T; agent_id?: string; data: EventData[T] };
}[RunEventType];

/** One numbered, immutable entry of a run's log. `seq` counts from 1 without gaps. */
export type RunEvent = NewRunEvent & { seq: number; run_id: string; at: string };

/** What `data:` holds on the wire: the event's own data with its frame. */
export function eventPayload(event: RunEvent): Record<string, unknown> {
	return {
		run_id: event.run_id,
		at: event.at,
		...(event.agent_id === undefined ? {} : { agent_id: event.agent_id }),
		...event.data
	};
}

/** Reads an event back from the wire. Trusts the server that sent it. */
export function eventFromPayload(
	seq: number,
	type: RunEventType,
	payload: Record<string, unknown>
): RunEvent {
	const { run_id, at, agent_id, ...rest } = payload;
	// An artifact names its agent itself; every other event is only framed by it.
	const data = type === 'artifact_collected' ? { ...rest, agent_id } : rest;
	return {
		seq,
		type,
		run_id,
		at,
		...(agent_id === undefined ? {} : { agent_id }),
		data
	} as RunEvent;
}

/** One piece of what an agent did, in the order it happened. */
export type TranscriptItem =
	| { kind: 'thought' | 'text'; seq: number; turn: number; text: string; at: string; cut?: Cut }
	| {
			kind: 'tool';
			seq: number;
			cut?: Cut;
			turn: number;
			call_id: string;
			tool: string;
			arguments: unknown;
			state: 'running' | 'ok' | 'failed';
			result: unknown;
			duration_ms: number | null;
			at: string;
	  }
	| { kind: 'artifact'; seq: number; artifact: Artifact; at: string }
	| { kind: 'refused'; seq: number; filename: string; code: string; message: string; at: string }
	| { kind: 'log'; seq: number; level: 'info' | 'warn' | 'error'; message: string; at: string }
	| {
			kind: 'attempt';
			seq: number;
			attempt: number;
			recovered: boolean;
			/** Why the one before it failed; null when it did not. */
			after: string | null;
			at: string;
	  }
	| {
			kind: 'approval';
			seq: number;
			cut?: Cut;
			request: ApprovalRequest;
			/** Null while nobody has decided. */
			approved: boolean | null;
			note: string | null;
			at: string;
			/** When it was decided, or no longer mattered; null while it waits. */
			closed_at: string | null;
	  }
	| {
			kind: 'delegation';
			seq: number;
			relation: 'child' | 'sibling';
			added: string[];
			removed: string[];
			at: string;
	  }
	| Gap;

/** Only in an outline: long texts in it are beginnings. */
type Cut = true;

/** Where a page left something out to open fast: so many blocks, the first with number `seq`. */
export interface Gap {
	kind: 'gap';
	/** 0: not in the transcript, the answer alone. */
	seq: number;
	count: number;
	/** Names of the files that were made there. */
	files: string[];
}

/** One time that a step was at work. */
export interface AttemptSpan {
	attempt: number;
	from: string;
	/** Null while it goes on. */
	to: string | null;
	status: StepStatus;
	/** Why it failed. */
	error: string | null;
}

export interface StepView extends StepState {
	role: string;
	tools: string[];
	depends_on: string[];
	transcript: TranscriptItem[];
	/** What it waits for a person to agree to. */
	approval: ApprovalRequest | null;
	/** Every time it was at work, in order; one that was taken over never was. */
	attempts: AttemptSpan[];
}

/** Everything the screen shows of a run: a pure function of its events. */
export interface RunView {
	run_id: string;
	workflow_id: string;
	name: string;
	user_directive: string;
	attached_files: string[];
	status: RunStatus;
	error: Failure | null;
	start_time: string | null;
	end_time: string | null;
	total_tokens_used: number;
	/** The run's limits; null where it has none. */
	max_token_budget: number | null;
	max_cost_usd: number | null;
	rerun_of: string | null;
	/** In topological order. */
	steps: StepView[];
	/** Log lines that belong to no step. */
	notes: { seq: number; level: 'info' | 'warn' | 'error'; message: string; at: string }[];
	last_event: number;
	/** Transcripts have gaps and cuts: to be looked at, not to be built upon. */
	outline?: true;
}

export function emptyView(runId: string): RunView {
	return {
		run_id: runId,
		workflow_id: '',
		name: '',
		user_directive: '',
		attached_files: [],
		status: 'queued',
		error: null,
		start_time: null,
		end_time: null,
		total_tokens_used: 0,
		max_token_budget: null,
		max_cost_usd: null,
		rerun_of: null,
		steps: [],
		notes: [],
		last_event: 0
	};
}

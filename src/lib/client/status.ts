import type { RunStatus, StepState, StepStatus } from '$lib/domain/run';

/** Lamp colours: gray = idle, amber = working or needs you, green = done, red = failed. */
export type Lamp = 'idle' | 'linked' | 'done' | 'failed';

/** How a status is shown: a lamp and one word. */
export interface StatusMark {
	lamp: Lamp;
	word: string;
}

const MARKS: Record<RunStatus | StepStatus, StatusMark> = {
	queued: { lamp: 'idle', word: 'Queued' },
	waiting: { lamp: 'idle', word: 'Waiting' },
	running: { lamp: 'linked', word: 'Running' },
	awaiting_approval: { lamp: 'linked', word: 'Needs you' },
	completed: { lamp: 'done', word: 'Done' },
	failed: { lamp: 'failed', word: 'Failed' },
	skipped: { lamp: 'idle', word: 'Skipped' },
	cancelled: { lamp: 'idle', word: 'Stopped' }
};

export function markOf(status: RunStatus | StepStatus): StatusMark {
	return MARKS[status];
}

/** Milliseconds from start to end, or to `now` while there is no end; null before the start. */
export function elapsedMs(start: string | null, end: string | null, now: number): number | null {
	if (start === null) return null;
	return Math.max(0, (end === null ? now : Date.parse(end)) - Date.parse(start));
}

/** When the step began its present attempt; null while it waits, also before another attempt. */
export function startOf(step: Pick<StepState, 'status' | 'started_at'>): string | null {
	return step.status === 'waiting' ? null : step.started_at;
}

/** By the whole code first: what fits exactly is said exactly. */
const EXACT: Record<string, string> = {
	token_budget: 'Raise the token budget with “Re-run with changes”; finished steps are taken over.',
	cost_budget: 'Raise the cost budget with “Re-run with changes”; finished steps are taken over.',
	approval_refused:
		'A person refused it. Retry asks again; a different directive or prompt may avoid the question.',
	model_auth: 'Whoever runs this server has to correct the key of this model; then resume.',
	model_rate_limited: 'The service wants fewer requests. Wait a minute, then resume.',
	model_quota:
		'The quota of this key is used up. Wait until it is renewed, raise it, or use another model.',
	model_unavailable: 'Check that the service can be reached from this server, then resume.',
	model_bad_request:
		'The service did not accept the request. Check the name of the model in the workflow.',
	model_refused: 'Word the directive or the agent’s prompt differently, or use another model.',
	model_incomplete: 'The answer broke off on its way. Resume asks for it again.',
	model_malformed: 'The model called a tool in a way that cannot be read. Resume asks again.',
	model_empty: 'The model said nothing. Resume asks again; another model may do better.',
	model_output_limit:
		'Ask for less at once: a narrower directive, or several agents with a part each.',
	model_first_byte_timeout: 'The model did not begin to answer in time. Resume asks again.',
	model_idle_timeout: 'The model fell silent. Resume asks again.',
	model_turn_timeout: 'One answer took too long. Resume asks again; asking for less helps.'
};

const ADVICE: [RegExp, string][] = [
	[
		/time|idle/,
		'Resume tries it again. If it always takes too long, attach less, or ask for less.'
	],
	[/round/, 'The agent went on without finishing. A narrower directive helps; Resume tries again.'],
	[/model|unavailable|provider/, 'Check that the model is set up and can be reached, then resume.'],
	[/space/, 'Free space on the server’s disk, then resume.'],
	[
		/attach|input|not_found/,
		'Check that the attached files are still in the library, then run again.'
	],
	[/skip|depend/, 'It waits for a step that failed. Resume repeats both.']
];

/** What a person can do about a failure with this code. */
export function adviceFor(code: string): string {
	return (
		(Object.hasOwn(EXACT, code) ? EXACT[code] : undefined) ??
		ADVICE.find(([pattern]) => pattern.test(code))?.[1] ??
		'Resume repeats the steps that failed; finished steps stay as they are.'
	);
}

/** Whether a limit of the run was reached: trying again without a larger one ends the same way. */
export function isBudget(code: string | undefined): boolean {
	return code === 'token_budget' || code === 'cost_budget';
}

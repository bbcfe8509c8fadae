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
	awaiting_approval: { lamp: 'linked', word: 'Needs approval' },
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

const ADVICE: [RegExp, string][] = [
	[
		/time|idle/,
		'Resume tries it again. If it always takes too long, attach less, or ask for less.'
	],
	[/budget|token/, 'Raise the token budget of the workflow, then run it again.'],
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
		ADVICE.find(([pattern]) => pattern.test(code))?.[1] ??
		'Resume repeats the steps that failed; finished steps stay as they are.'
	);
}

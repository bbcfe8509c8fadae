import type { ActionResult } from '@sveltejs/kit';
import type { Answer, Fields } from './answer';

/** What a screen that shows a run lets a person do with it. */
export interface RunControls {
	/** The page whose form actions are used: `/`, or the run's own. */
	home: string;
	/** Names of the files that can be attached to a re-run. */
	library: string[];
	/** What was typed for a re-run that was refused, where the page came back with it. */
	typed: Fields | null;
	/** The run goes on: follow it again. */
	resumed: () => void;
	/** Another run was made of this one. */
	rerun: (runId: string) => void;
}

/** What a page that came back with a refused re-run has to show again. */
export function typedFor(answer: Answer | null): Fields | null {
	return answer?.kind === 'failed' && answer.action === 'rerun' ? answer.values : null;
}

/** What went wrong with a form, in words for a person; null when it did what it should. */
export function problemOf(result: ActionResult): string | null {
	if (result.type === 'failure') return String(result.data?.message);
	if (result.type !== 'error') return null;
	return result.error instanceof TypeError
		? 'The server could not be reached. Check the connection and try again.'
		: 'That did not work. Try again; the server’s log says why.';
}

import type { DraftProblem } from '$lib/client/workflow-check';
import type { WorkflowDiff } from '$lib/client/workflow-diff';
import { draftFrom, type Draft } from '$lib/client/workflow-form';
import type { Failed } from '$lib/components/console/answer';

/** A draft that the server sends back, with what it is made for. */
export interface Drafted {
	kind: 'draft';
	draft: Draft;
	user_directive: string;
	attached_files: string[];
	/** The `versionTag` of what the form began from; null when nothing was stored. */
	base: string | null;
}

/** What the page of a workflow's form was answered: the draft as it stands, and what is wrong. */
export interface DraftAnswer extends Omit<Drafted, 'draft' | 'kind'> {
	/** Null when there is none: it could not be planned. */
	draft: Draft | null;
	problems: DraftProblem[];
	/** What is wrong beside the draft itself; null when nothing is. */
	message: string | null;
	/** What was stored meanwhile, instead of what it began from. */
	conflict: FormConflict | null;
}

/** Something else was stored than what a form began from. */
export interface FormConflict {
	/** The tag of what is stored now, to store over it after all; empty when it was deleted. */
	over: string;
	/** What is stored now, and what the form changes in it; null when it was deleted. */
	theirs: { version: number; created_at: string; diff: WorkflowDiff } | null;
}

/** Reads what a form action of such a page answered; null where there was none. */
export function draftAnswerOf(
	form: Drafted | Failed | { kind: string } | null
): DraftAnswer | null {
	if (form === null) return null;
	if (isDrafted(form)) return { ...form, problems: [], message: null, conflict: null };
	if (!isFailed(form)) return null;
	const { values, details, action, message } = form;
	const problems = isProblems(details) ? details : [];
	const conflict = isConflict(details) ? details : null;
	return {
		draft: action === 'plan' ? null : draftFrom(values),
		user_directive: [values.user_directive ?? ''].flat()[0] ?? '',
		attached_files: [values.attached_files ?? []].flat(),
		base: [values.base ?? ''].flat()[0] || null,
		problems,
		message: problems.length > 0 || conflict ? null : message,
		conflict
	};
}

const isDrafted = (form: { kind: string }): form is Drafted => form.kind === 'draft';
const isFailed = (form: { kind: string }): form is Failed => form.kind === 'failed';

const isConflict = (details: unknown): details is FormConflict =>
	typeof details === 'object' && details !== null && 'over' in details && 'theirs' in details;

function isProblems(details: unknown): details is DraftProblem[] {
	return (
		Array.isArray(details) &&
		details.every(
			(one: unknown) =>
				typeof one === 'object' &&
				one !== null &&
				'message' in one &&
				typeof one.message === 'string' &&
				'agent' in one &&
				(one.agent === null || typeof one.agent === 'number')
		)
	);
}

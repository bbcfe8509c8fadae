import type { DraftProblem } from '$lib/client/workflow-check';
import { draftFrom, type Draft } from '$lib/client/workflow-form';
import type { Failed } from '$lib/components/console/answer';

/** A draft that the server sends back, with what it is made for. */
export interface Drafted {
	kind: 'draft';
	draft: Draft;
	user_directive: string;
	attached_files: string[];
}

/** What the page of a workflow's form was answered: the draft as it stands, and what is wrong. */
export interface DraftAnswer extends Omit<Drafted, 'draft' | 'kind'> {
	/** Null when there is none: it could not be planned. */
	draft: Draft | null;
	problems: DraftProblem[];
	/** What is wrong beside the draft itself; null when nothing is. */
	message: string | null;
}

/** Reads what a form action of such a page answered; null where there was none. */
export function draftAnswerOf(
	form: Drafted | Failed | { kind: string } | null
): DraftAnswer | null {
	if (form === null) return null;
	if (isDrafted(form)) return { ...form, problems: [], message: null };
	if (!isFailed(form)) return null;
	const { values, details, action, message } = form;
	const problems = isProblems(details) ? details : [];
	return {
		draft: action === 'plan' ? null : draftFrom(values),
		user_directive: [values.user_directive ?? ''].flat()[0] ?? '',
		attached_files: [values.attached_files ?? []].flat(),
		problems,
		message: problems.length > 0 ? null : message
	};
}

const isDrafted = (form: { kind: string }): form is Drafted => form.kind === 'draft';
const isFailed = (form: { kind: string }): form is Failed => form.kind === 'failed';

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

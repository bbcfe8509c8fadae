import type { ApprovalRequest, RunView } from '$lib/domain/run-event';
import { describeCall } from './tool-view';

/** A step that waits for a person. */
export interface Pending {
	agent_id: string;
	/** What it waits for, in a few words: a tool, or the agent's own beginning. */
	what: string;
	/** The number of the event that asked: names the question on the page. */
	seq: number;
}

/** Every question that is open in this run, in the order of the workflow. */
export function pendingApprovals(view: RunView): Pending[] {
	return view.steps.flatMap(({ agent_id, approval, transcript }) => {
		const asked = transcript.findLast((item) => item.kind === 'approval');
		return approval && asked
			? [{ agent_id, what: approval.tool ?? 'to begin', seq: asked.seq }]
			: [];
	});
}

/** What a person is asked to agree to, ready to be shown. */
export interface ApprovalText {
	/** What will happen, in a few words. */
	title: string;
	/** Every word of it that is short, one line each. */
	fields: { name: string; value: string }[];
	/** What is long: code that will be executed, a file's content, an agent's prompt. */
	body: { label: string; text: string; /** Tells the language. */ filename: string } | null;
	/** The text holds characters that do not show, or change the order of others: written out. */
	hidden: boolean;
}

const KINDS: Record<string, { title: string; label: string; filename: string }> = {
	execute_python: { title: 'Run Python code', label: 'Code', filename: 'code.py' },
	execute_javascript: { title: 'Run JavaScript code', label: 'Code', filename: 'code.js' },
	write_file: { title: 'Write a file', label: 'Content', filename: '' },
	read_file: { title: 'Read a file', label: '', filename: '' },
	list_files: { title: 'List the files', label: '', filename: '' }
};

/**
 * Describes a request so that what is read is what will happen: nothing is cut off, and characters
 * that could make text look like another are written out as `\u{…}`.
 */
export function describeApproval(request: ApprovalRequest): ApprovalText {
	const call = describeCall({ tool: request.tool ?? '', arguments: request.arguments });
	const own = request.tool === undefined;
	const kind = KINDS[request.tool ?? ''];
	const prompt = own ? call.fields.find(({ name }) => name === 'prompt') : undefined;
	const filename = call.fields.find(({ name }) => name === 'filename')?.value;
	const long = prompt?.value ?? call.code;
	const fields = call.fields.filter((field) => field !== prompt);
	const texts = [long ?? '', ...fields.map(({ value }) => value)];
	return {
		title: own ? 'Let the agent begin' : (kind?.title ?? `Call ${request.tool}`),
		fields: fields.map(({ name, value }) => ({ name, value: written(value) })),
		body:
			long === null
				? null
				: {
						label: prompt ? 'Prompt' : (kind?.label ?? 'Content'),
						text: written(long),
						filename: (own ? '' : kind?.filename) || filename || ''
					},
		hidden: texts.some((text) => HIDDEN.test(text))
	};
}

/** Control, zero-width and direction-changing characters; tab and line ends are plain. */
const HIDDEN =
	/[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff](?<![\t\n\r])/u;

function written(text: string): string {
	return text.replace(
		new RegExp(HIDDEN, 'gu'),
		(hidden) => `\\u{${(hidden.codePointAt(0) ?? 0).toString(16)}}`
	);
}

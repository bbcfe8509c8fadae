import type { TranscriptItem } from '$lib/domain/run-event';

export type ToolItem = Extract<TranscriptItem, { kind: 'tool' }>;

/** A tool call's arguments, ready to be shown. */
export interface CallView {
	/** A few words after the tool's name: which file, or the first line of the code. */
	summary: string;
	/** What it wrote or executes, to be shown as code. */
	code: string | null;
	/** Every other argument, one line each. */
	fields: { name: string; value: string }[];
}

const CUT_CHARS = 6000;
const CUT_LINES = 120;

/** The beginning of a text that is long: whole lines where there are any. */
export function cutText(text: string): string {
	let end = -1;
	for (let line = 0; line < CUT_LINES; line++) {
		const next = text.indexOf('\n', end + 1);
		// Nearly all of it is all of it.
		if (next < 0)
			return text.length <= CUT_CHARS * 1.2 ? text : text.slice(0, end > 0 ? end : CUT_CHARS);
		if (next > CUT_CHARS) return text.slice(0, end > 0 ? end : CUT_CHARS);
		end = next;
	}
	return text.slice(0, end);
}

/** A tool call's result, ready to be shown; a part that is not there is empty. */
export interface ResultView {
	error: string;
	stdout: string;
	stderr: string;
	content: string;
	/** The content is only the beginning. */
	truncated: boolean;
	files: string[];
	refused: { name: string; reason: string }[];
	/** A result of any other shape, as JSON. */
	other: string;
}

const SUMMARY_CHARS = 80;
const CODE_ARGUMENTS = ['code', 'content'];

/** Reads arguments of any shape: they come from a model. */
export function describeCall(item: Pick<ToolItem, 'tool' | 'arguments'>): CallView {
	const entries = Object.entries(recordOf(item.arguments) ?? {});
	const code = entries.find(([name]) => CODE_ARGUMENTS.includes(name));
	const fields = entries
		.filter((entry) => entry !== code)
		.map(([name, value]) => ({ name, value: textOf(value) }));
	const source = code ? textOf(code[1]) : null;
	const summary =
		fields.length > 0
			? fields.map((f) => f.value).join(', ')
			: source === null
				? ''
				: firstLine(source);
	return { summary: shorten(summary), code: source, fields };
}

const LANGUAGES: [RegExp, string][] = [
	[/python/, 'code.py'],
	[/javascript|node|deno/, 'code.js'],
	[/bash|shell/, 'code.sh'],
	[/sql/, 'code.sql']
];

/** A file's name that tells the language of a call's code; empty when nothing tells. */
export function codeNameOf(tool: string, fields: CallView['fields']): string {
	const known = LANGUAGES.find(([pattern]) => pattern.test(tool));
	if (known) return known[1];
	return fields.find(({ name }) => /^(file_?)?(name|path)$/.test(name))?.value ?? '';
}

/** Reads a result of any shape: tools differ, and so do their failures. */
export function describeResult(result: unknown): ResultView {
	const view: ResultView = {
		error: '',
		stdout: '',
		stderr: '',
		content: '',
		truncated: false,
		files: [],
		refused: [],
		other: ''
	};
	const record = recordOf(result);
	if (!record) {
		view.other = result === null || result === undefined ? '' : textOf(result);
		return view;
	}
	const rest: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(record)) {
		if (name === 'error') view.error = value === null ? '' : textOf(value);
		else if (name === 'stdout' || name === 'stderr' || name === 'content')
			view[name] = textOf(value);
		else if (name === 'truncated') view.truncated = value === true;
		else if (name === 'files' && Array.isArray(value)) view.files = value.map(fileName);
		else if (name === 'refused' && Array.isArray(value)) view.refused = value.map(refusal);
		// Said elsewhere: by the lamp, and by the error itself.
		else if (name !== 'ok' && name !== 'reason') rest[name] = value;
	}
	if (!view.error && typeof record.reason === 'string') view.error = record.reason;
	if (Object.keys(rest).length > 0) view.other = JSON.stringify(rest, null, 2);
	return view;
}

function recordOf(value: unknown): Record<string, unknown> | null {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
	return { ...value };
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
}

function fileName(value: unknown): string {
	const name = recordOf(value)?.name;
	return typeof name === 'string' ? name : textOf(value);
}

function refusal(value: unknown): { name: string; reason: string } {
	const record = recordOf(value) ?? {};
	return {
		name: textOf(record.name ?? record.filename ?? value),
		reason: textOf(record.reason ?? record.message ?? '')
	};
}

const COMMENT = /^(#+|\/\/+|"""|\/\*+)\s*(?=\w)/;
const LINES_LOOKED_AT = 40;

/** The first comment, else the first line that is not blank and imports nothing. */
function firstLine(code: string): string {
	const lines = code.split('\n', LINES_LOOKED_AT).map((line) => line.trim());
	const comment = lines.find((line) => COMMENT.test(line));
	if (comment !== undefined) return comment.replace(COMMENT, '').replace(/\s*(\*\/|""")$/, '');
	const telling = lines.find(
		(line) => line !== '' && !/^(import|from|const .*require)\b/.test(line)
	);
	return telling ?? lines.find(Boolean) ?? '';
}

function shorten(text: string): string {
	const line = text.replace(/\s+/g, ' ').trim();
	const letters = [...line];
	return letters.length <= SUMMARY_CHARS
		? line
		: `${letters.slice(0, SUMMARY_CHARS - 1).join('')}…`;
}

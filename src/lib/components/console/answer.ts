/** What a form action answers; the page shows it, with or without scripts. */
export type Answer = Done | Confirm | KeyShown | Failed;

export interface Done {
	action: string;
	kind: 'done';
	message: string;
	link?: { href: string; text: string };
	/** What did not succeed although the rest did. */
	problems?: string[];
}

/** Nothing has happened yet: the same form has to come again with `confirmed`. */
export interface Confirm {
	action: string;
	kind: 'confirm';
	title: string;
	message: string;
	/** The verb on the button. */
	label: string;
	fields: Record<string, string>;
}

export interface KeyShown {
	action: string;
	kind: 'key';
	key: string;
}

export interface Failed {
	action: string;
	kind: 'failed';
	code: string;
	message: string;
	details?: unknown;
	/** What was typed, so that it is not lost. */
	values: Fields;
}

/** Text fields of a form by name; a list when a name was sent more than once. */
export type Fields = Record<string, string | string[]>;

type Named = 'action' | 'kind';

export function done(
	message: string,
	more: Omit<Done, Named | 'message'> = {}
): Omit<Done, 'action'> {
	return { kind: 'done', message, ...more };
}

export function ask(question: Omit<Confirm, Named>): Omit<Confirm, 'action'> {
	return { kind: 'confirm', ...question };
}

/** The part of a `KeyboardEvent` that names what was pressed. */
export type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

const MODIFIERS = ['Control', 'Shift', 'Alt', 'AltGraph', 'Meta'];

/**
 * The name of what was pressed, as shortcuts are written: `r`, `?`, `Ctrl+K` (Cmd on a Mac counts as
 * Ctrl). Null for a modifier alone and for what belongs to the system.
 */
export function keyOf({ key, ctrlKey, metaKey, altKey }: Pressed): string | null {
	if (MODIFIERS.includes(key)) return null;
	const command = ctrlKey || metaKey;
	// On many keyboards `[` is written with Alt or AltGr, which some systems send as Ctrl+Alt.
	if (altKey) return /^[[\]?/]$/.test(key) ? key : null;
	if (command) return `Ctrl+${key.length === 1 ? key.toUpperCase() : key}`;
	return key;
}

/** Whether a shortcut is made of plain characters only: people who dictate switch these off. */
export function isPlain(shortcut: string): boolean {
	return !shortcut.includes('+');
}

/** How long the first key of two waits for the second. */
const WAIT_MS = 1200;

/** Recognises shortcuts, also of two keys in a row, in what is pressed one after the other. */
export class KeyReader {
	#first: { key: string; at: number } | null = null;

	/** The shortcut that this key completes; null when none is, or when a second key is needed. */
	read(key: string, now: number, known: Iterable<string>): string | null {
		const first = this.#first && now - this.#first.at <= WAIT_MS ? this.#first.key : null;
		this.#first = null;
		const shortcuts = [...known];
		if (first !== null && shortcuts.includes(`${first} ${key}`)) return `${first} ${key}`;
		if (shortcuts.includes(key)) return key;
		if (shortcuts.some((shortcut) => shortcut.startsWith(`${key} `)))
			this.#first = { key, at: now };
		return null;
	}
}

const PRESSED_INPUTS = ['button', 'checkbox', 'radio', 'submit', 'reset', 'file', 'image', 'color'];

/** Whether what is pressed there is text, or a choice by its first letter. */
export function isTyping(element: {
	tagName: string;
	type?: unknown;
	isContentEditable?: boolean;
}): boolean {
	const tag = element.tagName.toUpperCase();
	if (tag === 'INPUT') return !PRESSED_INPUTS.includes(String(element.type));
	return tag === 'TEXTAREA' || tag === 'SELECT' || element.isContentEditable === true;
}

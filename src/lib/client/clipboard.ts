/** Where neither way works: what a person can do. */
export const COPY_BY_HAND = 'This browser does not let the page copy. Select the text and copy it.';

/**
 * Puts text on the clipboard; where there is none (plain http on another host, permission denied) by
 * the older way, which needs a selection. False when neither works.
 */
export async function copyText(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return copySelected(text);
	}
}

function copySelected(text: string): boolean {
	const focused = document.activeElement;
	const field = document.createElement('textarea');
	field.value = text;
	field.style.cssText = 'position:fixed;opacity:0';
	// Beside an open dialog nothing can be selected.
	(focused?.closest('dialog') ?? document.body).append(field);
	field.select();
	try {
		return document.execCommand('copy');
	} finally {
		field.remove();
		if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
	}
}

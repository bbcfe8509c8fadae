import { isTyping } from './shortcuts';

/** Presses a button or follows a link as a person would. Says whether it was there. */
export function press(selector: string): boolean {
	const element = document.querySelector<HTMLElement>(selector);
	element?.click();
	return element !== null;
}

/** Puts the cursor into the first field that matches and shows. Says whether there was one. */
export function focusField(selector: string): boolean {
	const found = [...document.querySelectorAll<HTMLElement>(selector)].find((e) =>
		e.checkVisibility({ visibilityProperty: true })
	);
	found?.focus();
	if (found instanceof HTMLInputElement) found.select();
	return found !== undefined;
}

/** Has the line of text that holds the cursor tell its value, as it does when it is left. */
export function commitField(): void {
	const field = document.activeElement;
	if (field instanceof HTMLInputElement && isTyping(field))
		field.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Resolves when the page is about to be drawn. */
export function nextFrame(): Promise<unknown> {
	return new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Lets the browser save what is at an address. */
export function download(url: string): void {
	const link = document.createElement('a');
	link.href = url;
	link.download = '';
	link.click();
}

/** Sends the page's own form with this action; of several, the one whose `filename` this is. */
export function submitOwn(action: string, filename?: string): void {
	const forms = document.querySelectorAll<HTMLFormElement>(`form[action="?/${action}"]`);
	const wanted = [...forms].find(
		(form) => filename === undefined || new FormData(form).get('filename') === filename
	);
	wanted?.requestSubmit();
}

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

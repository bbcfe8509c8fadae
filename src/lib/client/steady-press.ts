/** Pixels that a hand trembles. */
const SLOP = 8;

/**
 * For `{@attach}` on a button of a page that grows by itself. A press counts where it began, even
 * when the button is moved from under the pointer before it is released: the browser alone would
 * click on nothing then. Who moves the pointer away takes the press back, as everywhere.
 */
export function steadyPress(button: HTMLElement): () => void {
	const controller = new AbortController();
	const { signal } = controller;
	let from: { x: number; y: number } | null = null;
	/** The button was missed though the pointer stayed: its click is still to come. */
	let due = false;
	let timer: ReturnType<typeof setTimeout> | undefined;

	const isOver = ({ clientX, clientY }: MouseEvent) =>
		button.contains(document.elementFromPoint(clientX, clientY));
	const stayed = ({ clientX, clientY }: MouseEvent) =>
		from !== null && Math.hypot(clientX - from.x, clientY - from.y) <= SLOP;

	button.addEventListener(
		'pointerdown',
		(event) => {
			if (event.button !== 0) return;
			from = { x: event.clientX, y: event.clientY };
			button.setPointerCapture(event.pointerId);
		},
		{ signal }
	);
	button.addEventListener(
		'pointerup',
		(event) => {
			due = !isOver(event) && stayed(event);
			if (due) timer = setTimeout(() => due && button.click());
		},
		{ signal }
	);
	button.addEventListener(
		'click',
		(event) => {
			due = false;
			// A captured pointer clicks wherever it is released.
			const pressed = event.isTrusted && event.detail > 0 && from !== null;
			if (pressed && !isOver(event) && !stayed(event)) event.preventDefault();
			from = null;
		},
		{ signal, capture: true }
	);
	return () => {
		clearTimeout(timer);
		controller.abort();
	};
}

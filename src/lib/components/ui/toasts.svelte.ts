/** A short message that comes and goes. */
export interface Toast {
	id: number;
	message: string;
	tone: 'info' | 'success' | 'error';
	href?: string;
	linkText?: string;
	/** What can be done about it: show it, take it back. */
	actions?: { label: string; run: () => unknown }[];
}

const LIMIT = 3;

let nextId = 1;
let shown: Toast[] = $state([]);

/** The toasts on screen, oldest first; `Toasts` shows them. */
export function shownToasts(): Toast[] {
	return shown;
}

/**
 * Says something in the corner of the screen and to screen readers. Errors stay until they are
 * dismissed; the rest leaves by itself unless it is hovered or focused, and earlier where there are
 * many.
 */
export function toast(toast: Partial<Toast> & Pick<Toast, 'message'>): void {
	const over = Math.max(0, shown.length + 1 - LIMIT);
	const leaving = shown.filter(({ tone }) => tone !== 'error').slice(0, over);
	const staying = shown.filter((other) => !leaving.includes(other));
	shown = [...staying, { tone: 'info', ...toast, id: nextId++ }];
}

export function dismissToast(id: number): void {
	shown = shown.filter((t) => t.id !== id);
}

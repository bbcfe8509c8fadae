/** A short message that comes and goes. */
export interface Toast {
	id: number;
	message: string;
	tone: 'info' | 'success' | 'error';
	href?: string;
	linkText?: string;
	/** How often it was said while it showed. */
	times: number;
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
 * many. The same again takes the place of what it repeats.
 */
export function toast(said: Partial<Toast> & Pick<Toast, 'message'>): void {
	const toast = { tone: 'info' as const, ...said };
	const same = shown.find((other) => isSame(other, toast));
	const others = shown.filter((other) => other !== same);
	const over = Math.max(0, others.length + 1 - LIMIT);
	const leaving = others.filter(({ tone }) => tone !== 'error').slice(0, over);
	const staying = others.filter((other) => !leaving.includes(other));
	shown = [...staying, { ...toast, id: nextId++, times: (same?.times ?? 0) + 1 }];
}

function isSame(one: Toast, other: Pick<Toast, 'message' | 'tone' | 'href'>): boolean {
	return one.message === other.message && one.tone === other.tone && one.href === other.href;
}

export function dismissToast(id: number): void {
	shown = shown.filter((t) => t.id !== id);
}

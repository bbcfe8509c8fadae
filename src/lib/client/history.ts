/** What was, what is, and what was undone. */
export interface History<T> {
	past: readonly T[];
	present: T;
	future: readonly T[];
	/** What made the present, for telling whether the next change belongs to it. */
	last: { key: string; at: number } | null;
}

/** Steps that can be undone. */
export const MAX_STEPS = 200;
/** Milliseconds within which typing on in the same field is one step. */
const TYPING = 1500;

export const begin = <T>(present: T): History<T> => ({
	past: [],
	present,
	future: [],
	last: null
});

/**
 * Goes on from here; what was undone is gone. Changes with the same `key` that follow each other
 * quickly are one step.
 */
export function change<T>(
	{ past, present, last }: History<T>,
	next: T,
	at: number,
	key: string | null = null
): History<T> {
	const merged = key !== null && last?.key === key && at - last.at < TYPING;
	return {
		past: merged ? past : [...past, present].slice(-MAX_STEPS),
		present: next,
		future: [],
		last: key === null ? null : { key, at }
	};
}

export function undo<T>(history: History<T>): History<T> {
	const before = history.past.at(-1);
	if (before === undefined) return history;
	return {
		past: history.past.slice(0, -1),
		present: before,
		future: [history.present, ...history.future],
		last: null
	};
}

export function redo<T>(history: History<T>): History<T> {
	const [next, ...future] = history.future;
	if (next === undefined) return history;
	return { past: [...history.past, history.present], present: next, future, last: null };
}

/** What was just done to a run, from wherever one was. */
export interface RunChange {
	run_id: string;
	done: 'stopped' | 'resumed' | 'removed';
}

type Listener = (change: RunChange) => unknown;

const listeners = new Set<Listener>();

/**
 * For a page that holds what loading it anew would drop: it takes the change over by itself. Call it
 * in `onMount`, which ends it with what this returns.
 */
export function onRunChange(listener: Listener): () => void {
	listeners.add(listener);
	return () => void listeners.delete(listener);
}

/** Tells the page on screen; where it takes nothing over by itself, `otherwise`. */
export async function tellRunChange(change: RunChange, otherwise: () => unknown): Promise<void> {
	if (listeners.size === 0) await otherwise();
	else await Promise.all([...listeners].map((listener) => listener(change)));
}

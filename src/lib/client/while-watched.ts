/** What tells whether anybody looks at the page: the document. */
type Watched = Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>;

/**
 * Does something every so often for as long as the page is seen, and at once when it comes back into
 * sight; never while it is hidden. Returns what ends it.
 */
export function whileWatched(
	act: () => void,
	everyMs: number,
	page: Watched = document
): () => void {
	let timer: ReturnType<typeof setInterval> | undefined;
	const stop = () => clearInterval(timer);
	const start = () => {
		stop();
		timer = setInterval(act, everyMs);
	};
	const changed = () => {
		if (page.visibilityState !== 'visible') return stop();
		act();
		start();
	};
	page.addEventListener('visibilitychange', changed);
	if (page.visibilityState === 'visible') start();
	return () => {
		stop();
		page.removeEventListener('visibilitychange', changed);
	};
}

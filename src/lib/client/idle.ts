/**
 * Calls back once the page has nothing better to do, after `latestMs` in any case; returns how to
 * cancel that. For what nobody waits for yet.
 */
export function whenIdle(callback: () => void, latestMs: number): () => void {
	// Safari has no such callback.
	if (!('requestIdleCallback' in window)) {
		const timer = setTimeout(callback, latestMs / 4);
		return () => clearTimeout(timer);
	}
	const asked = requestIdleCallback(callback, { timeout: latestMs });
	return () => cancelIdleCallback(asked);
}

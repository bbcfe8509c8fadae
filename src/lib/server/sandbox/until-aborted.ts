/** The work's value, or the signal's reason as soon as it aborts. The work goes on. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
	return new Promise((resolve, reject) => {
		const giveUp = () => reject(signal.reason);
		if (signal.aborted) return giveUp();
		signal.addEventListener('abort', giveUp, { once: true });
		work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
	});
}

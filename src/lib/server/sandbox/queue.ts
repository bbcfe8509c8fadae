/** Lets `size` callers in at once; the others wait in the order of their coming. */
export function createQueue(size: number) {
	let inside = 0;
	const waiting: (() => void)[] = [];

	function leave(): void {
		inside--;
		waiting.shift()?.();
	}

	return {
		/** Resolves with the function to leave by; rejects with the signal's reason when it aborts first. */
		enter(signal: AbortSignal): Promise<() => void> {
			return new Promise((resolve, reject) => {
				if (signal.aborted) return reject(signal.reason);
				const admit = () => {
					signal.removeEventListener('abort', giveUp);
					inside++;
					let left = false;
					resolve(() => {
						if (!left) leave();
						left = true;
					});
				};
				const giveUp = () => {
					waiting.splice(waiting.indexOf(admit), 1);
					reject(signal.reason);
				};
				if (inside < size) return admit();
				signal.addEventListener('abort', giveUp, { once: true });
				waiting.push(admit);
			});
		}
	};
}

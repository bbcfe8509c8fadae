/** Tells that something arrived while the next item is still awaited. */
export interface Pulse {
	beat(): void;
	/** The items, and null for beats in between. Leaving it early leaves the source as it is. */
	among<T>(source: AsyncIterable<T>): AsyncGenerator<{ item: T } | null>;
}

export function createPulse(): Pulse {
	let wake: () => void = () => undefined;

	return {
		beat: () => wake(),
		async *among(source) {
			const iterator = source[Symbol.asyncIterator]();
			for (;;) {
				const next = iterator.next();
				// Whoever leaves while it is pending does not wait for it.
				next.catch(() => undefined);
				for (;;) {
					const beat = new Promise<null>((resolve) => {
						wake = () => resolve(null);
					});
					const first = await Promise.race([next, beat]);
					if (first?.done) return;
					yield first && { item: first.value };
					if (first) break;
				}
			}
		}
	};
}

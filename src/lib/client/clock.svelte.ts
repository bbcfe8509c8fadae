import { createSubscriber } from 'svelte/reactivity';

const TICK_MS = 30_000;

/** The time of day as reactive state; one timer for the whole page, only while somebody looks. */
class Clock {
	readonly #subscribe = createSubscriber((update) => {
		const timer = setInterval(update, TICK_MS);
		return () => clearInterval(timer);
	});

	get now(): Date {
		this.#subscribe();
		return new Date();
	}
}

export const clock = new Clock();

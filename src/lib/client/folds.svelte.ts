import { SvelteMap } from 'svelte/reactivity';

/**
 * What a reader has unfolded in a transcript, by the number of the event it began with. Outlives what
 * is drawn, which comes and goes with the scroll position.
 */
export class Folds {
	readonly #open = new SvelteMap<number, boolean>();
	/** What is to be drawn wherever it is, and whole however long. */
	sought: number | null = $state(null);

	/** `sought`: what the address asks for. */
	constructor(sought: number | null = null) {
		if (sought !== null) this.reveal(sought);
	}

	isOpen(seq: number, byDefault = false): boolean {
		return this.#open.get(seq) ?? byDefault;
	}

	/** Tells what the reader did, or the browser for them. */
	set(seq: number, open: boolean): void {
		if (this.#open.get(seq) !== open) this.#open.set(seq, open);
	}

	/** Draws and unfolds it. */
	reveal(seq: number): void {
		this.sought = seq;
		this.set(seq, true);
	}
}

const SHARE = 8;

/**
 * Does work that comes again and again at once when it is cheap, and less often the longer it takes:
 * about an eighth of the time at most. Only the newest work is done; the last always is.
 */
export class Pace {
	#due: (() => void) | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#free = 0;

	readonly #now: () => number;

	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	run(work: () => void): void {
		this.#due = work;
		const wait = this.#free - this.#now();
		if (wait <= 0) this.#do();
		else this.#timer ??= setTimeout(() => this.#do(), wait);
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#due = null;
	}

	#do(): void {
		const work = this.#due;
		this.stop();
		const start = this.#now();
		work?.();
		const end = this.#now();
		this.#free = end + (end - start) * SHARE;
	}
}

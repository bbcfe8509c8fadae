import { tick, untrack } from 'svelte';
import type { RunView, StepView } from '$lib/domain/run-event';
import { bringIntoView, foundIn, rangesIn } from './find-marks';
import type { Folds } from './folds.svelte';
import { patternOf, searchRun, type Found, type Hit } from './run-search';
import type { Block } from './transcript';

const NONE: Found = { hits: [], capped: false };
const ALL = 'found';
const ONE = 'found-now';
/** What is aimed at stands still after so many frames without a move. */
const STILL_FRAMES = 5;
const TRIES = 60;

/**
 * The search within the run on screen: what is found, which of it one stands on, and its marks in the
 * text. The marks are the browser's highlights: they change nothing in the page.
 */
export class RunSearch {
	query = $state('');
	found: Found = $state.raw(NONE);
	/** Index of the hit that one stands on; -1 before the first step. */
	at = $state(-1);

	readonly #folds: Folds;
	#content: HTMLElement | null = null;
	#frame = 0;

	constructor(folds: Folds) {
		this.#folds = folds;
	}

	/** Looks again: the query or the run has changed. Stays on the hit one stood on. */
	update(view: RunView, blocksOf: (step: StepView) => readonly Block[]): void {
		const stood = this.found.hits[this.at];
		this.found = searchRun(view, this.query, blocksOf);
		this.at = stood
			? this.found.hits.findIndex((hit) => hit.key === stood.key && hit.nth === stood.nth)
			: -1;
		this.#markSoon();
	}

	/** Goes to the next hit, or the one before; around the end. Null when there is none. */
	step(by: 1 | -1): Hit | null {
		const count = this.found.hits.length;
		if (count === 0) return null;
		this.at = this.at < 0 ? (by > 0 ? 0 : count - 1) : (this.at + by + count) % count;
		return this.found.hits[this.at] ?? null;
	}

	/** Unfolds what holds the hit and brings it into view. */
	async show(hit: Hit): Promise<void> {
		if (hit.seq !== null) this.#folds.reveal(hit.seq);
		await tick();
		// What comes into sight is still growing: it is aimed at until it stands still.
		const hand = new AbortController();
		const { signal } = hand;
		for (const type of ['wheel', 'touchmove'])
			addEventListener(type, () => hand.abort(), { passive: true, once: true, signal });
		let last = NaN;
		for (let tries = 0, still = 0; tries < TRIES && still < STILL_FRAMES; tries++) {
			await new Promise(requestAnimationFrame);
			if (signal.aborted || !this.#standsOn(hit)) break;
			const target = this.#rangeOf(hit);
			if (!target) continue;
			const { top } = target.getBoundingClientRect();
			still = top === last ? still + 1 : 0;
			if (still === 0) bringIntoView(target);
			last = target.getBoundingClientRect().top;
		}
		hand.abort();
		this.#mark();
	}

	#standsOn(hit: Hit): boolean {
		const now = this.found.hits[this.at];
		return now?.key === hit.key && now.nth === hit.nth;
	}

	/** For `{@attach}` on what is searched. */
	readonly watch = (content: HTMLElement): (() => void) => {
		this.#content = content;
		const changes = new MutationObserver(() => this.#markSoon());
		changes.observe(content, { childList: true, characterData: true, subtree: true });
		return () => {
			changes.disconnect();
			cancelAnimationFrame(this.#frame);
			this.#frame = 0;
			this.#content = null;
			setMarks([], null);
		};
	};

	#markSoon(): void {
		if (!this.#content || this.#frame !== 0) return;
		this.#frame = requestAnimationFrame(() => {
			this.#frame = 0;
			this.#mark();
		});
	}

	#mark(): void {
		untrack(() => {
			const pattern = patternOf(this.query);
			if (!pattern || !this.#content || this.found.hits.length === 0) return setMarks([], null);
			const now = this.found.hits[this.at];
			const keys = this.found.hits.map((hit) => hit.key);
			const ranges = foundIn(this.#content, keys).flatMap((element) => rangesIn(element, pattern));
			setMarks(ranges, now ? this.#rangeOf(now) : null);
		});
	}

	/** The text where the hit stands, or else all that holds it: what was written may look different. */
	#rangeOf(hit: Hit): Range | null {
		const element = this.#content?.querySelector(`[data-find="${CSS.escape(hit.key)}"]`);
		const pattern = patternOf(this.query);
		if (!element || !pattern) return null;
		const ranges = rangesIn(element, pattern);
		const range = ranges[Math.min(hit.nth, ranges.length - 1)];
		if (range) return range;
		const whole = document.createRange();
		whole.selectNodeContents(element);
		return whole;
	}
}

function setMarks(all: Range[], one: Range | null): void {
	if (!('highlights' in CSS)) return;
	CSS.highlights.delete(ALL);
	CSS.highlights.delete(ONE);
	if (all.length > 0) CSS.highlights.set(ALL, new Highlight(...all));
	if (!one) return;
	const mark = new Highlight(one);
	mark.priority = 1;
	CSS.highlights.set(ONE, mark);
}

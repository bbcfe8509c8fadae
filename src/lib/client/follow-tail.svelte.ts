import { nextFrame } from './dom';

/** Pixels below the fold that still count as being at the end. */
const NEAR = 48;
/** What a person scrolls with, and how long what they did goes on. */
const HAND = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;
const HAND_MS = 1000;
/** Room kept under the newest line: as much as lies between two steps, so that the next does not peek in. */
const MARGIN = 12;
/** Room kept above a question, for the head of its step. */
const HEAD = 44;

/**
 * Keeps the newest output in sight while it grows. Lets go as soon as the person scrolls up, takes
 * hold again when they come back to the end.
 */
export class FollowTail {
	following = $state(false);
	/** There is newer output below what is visible. */
	behind = $state(false);

	readonly #newest: () => HTMLElement | null;
	#scroller: Element | null = null;
	#top = 0;
	#height = 0;
	#byHand = -Infinity;
	/** The question that was brought into sight: it is left alone while somebody reads it. */
	#asked: Element | null = null;

	/** `newest` finds the element whose end is the newest output. */
	constructor(newest: () => HTMLElement | null, follow: boolean) {
		this.#newest = newest;
		this.following = follow;
	}

	/** For `{@attach}` on the element that grows; finds out by itself what scrolls. */
	readonly watch = (content: HTMLElement): (() => void) => {
		const scroller = scrollerOf(content);
		this.#scroller = scroller;
		this.#top = scroller.scrollTop;
		this.#height = scroller.scrollHeight;
		const target = scroller === document.scrollingElement ? document : scroller;
		const scrolled = () => this.#scrolled();
		target.addEventListener('scroll', scrolled, { passive: true });
		const byHand = () => (this.#byHand = performance.now());
		for (const type of HAND) scroller.addEventListener(type, byHand, { passive: true });
		const growth = new ResizeObserver(() => this.update());
		growth.observe(content);
		return () => {
			target.removeEventListener('scroll', scrolled);
			for (const type of HAND) scroller.removeEventListener(type, byHand);
			growth.disconnect();
			this.#scroller = null;
		};
	};

	/** Call when something changed that may not have changed the size. */
	update(): void {
		const hidden = this.#hiddenPixels();
		if (this.following && hidden !== null && this.#scroller) {
			this.#scroller.scrollTop += this.#wayDown(hidden, this.#scroller);
			this.#top = this.#scroller.scrollTop;
			this.#height = this.#scroller.scrollHeight;
			this.behind = false;
		} else this.behind = hidden !== null && hidden > NEAR;
	}

	jump(): void {
		this.following = true;
		this.#asked = null;
		this.update();
	}

	/** The person looks at something else now. */
	release(): void {
		this.following = false;
		this.update();
	}

	#scrolled(): void {
		if (!this.#scroller) return;
		const top = this.#scroller.scrollTop;
		const resized = this.#scroller.scrollHeight !== this.#height;
		this.#height = this.#scroller.scrollHeight;
		// The browser keeps what is read in place while what stands above it changes its size.
		if (this.following && resized && performance.now() - this.#byHand > HAND_MS)
			return this.update();
		const hidden = this.#hiddenPixels() ?? 0;
		if (top < this.#top - 1) this.following = false;
		else if (top > this.#top + 1 && hidden >= -NEAR && hidden <= NEAR) this.following = true;
		this.#top = top;
		this.behind = !this.following && hidden > NEAR;
	}

	/** To the end; of a question that is longer than there is room for, to its beginning. */
	#wayDown(hidden: number, scroller: Element): number {
		const asked = this.#newest()?.querySelector('[data-asks]') ?? null;
		const known = asked !== null && asked === this.#asked;
		this.#asked = asked;
		if (known) return 0;
		const { top } = scroller.getBoundingClientRect();
		const begins = asked ? asked.getBoundingClientRect().top - top - HEAD : Infinity;
		return Math.min(hidden + MARGIN, begins);
	}

	#hiddenPixels(): number | null {
		const newest = this.#newest();
		const scroller = this.#scroller;
		if (!newest || !scroller) return null;
		const fold =
			scroller === document.scrollingElement
				? window.innerHeight
				: scroller.getBoundingClientRect().bottom;
		return newest.getBoundingClientRect().bottom - fold;
	}
}

/** What one aims at stands still after so many frames without a move. */
const STILL_FRAMES = 5;
const TRIES = 60;

/**
 * Brings the beginning of an element to the top of what scrolls around it, and only that: nothing
 * outside moves.
 */
export function reveal(element: HTMLElement): void {
	void aim(element, () => toTop(element));
}

/**
 * Brings a step into sight and gives it the focus; of one that failed, the failure: what can be done
 * about it is the next thing there.
 */
export function showStep(step: HTMLElement): void {
	const failure = step.querySelector<HTMLElement>('[data-failure]');
	void aim(failure ?? step, () => {
		toTop(step);
		failure?.scrollIntoView({ block: 'nearest' });
	});
	(failure ?? step).focus({ preventScroll: true });
}

function toTop(element: HTMLElement): void {
	const scroller = scrollerOf(element);
	if (scroller === document.scrollingElement) element.scrollIntoView({ block: 'start' });
	else
		scroller.scrollTop +=
			element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
}

/** What comes into sight with it is still growing: it is aimed at until it stands, or a hand moves. */
async function aim(target: HTMLElement, scroll: () => void): Promise<void> {
	scroll();
	const hand = new AbortController();
	const { signal } = hand;
	for (const type of HAND)
		addEventListener(type, () => hand.abort(), { passive: true, once: true, signal });
	const topOf = () => target.getBoundingClientRect().top;
	for (let tries = 0, still = 0, last = topOf(); tries < TRIES && still < STILL_FRAMES; tries++) {
		await nextFrame();
		if (signal.aborted || !target.isConnected) break;
		still = Math.abs(topOf() - last) < 1 ? still + 1 : 0;
		if (still === 0) scroll();
		last = topOf();
	}
	hand.abort();
}

/** What scrolls vertically around an element: the nearest such ancestor, else the page. */
export function scrollerOf(element: HTMLElement): Element {
	for (let e: HTMLElement | null = element; e && e !== document.body; e = e.parentElement)
		if (['auto', 'scroll'].includes(getComputedStyle(e).overflowY)) return e;
	return document.scrollingElement ?? document.documentElement;
}

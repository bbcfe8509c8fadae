import { scrollerOf } from './follow-tail.svelte';

/** For `{@attach}`: calls once when the element comes within `margin` of what is visible. */
export function nearby(come: () => void, margin: string): (element: HTMLElement) => () => void {
	return (element) =>
		watchNear(element, margin, (near, stop) => {
			if (!near) return;
			stop();
			come();
		});
}

/**
 * Tells each time the element comes within `margin` of what is visible or leaves it, the margin
 * measured at the edge of what scrolls around it. Returns what ends that.
 */
export function watchNear(
	element: HTMLElement,
	margin: string,
	told: (near: boolean, stop: () => void) => void
): () => void {
	const scroller = scrollerOf(element);
	const observer = new IntersectionObserver(
		(entries) => told(entries.at(-1)?.isIntersecting ?? false, stop),
		{ root: scroller === document.scrollingElement ? null : scroller, rootMargin: `${margin} 0px` }
	);
	const stop = () => observer.disconnect();
	observer.observe(element);
	return stop;
}

/** Lists up to this long are plain; of a longer one, what a page without scripts has. */
export const FIRST_ITEMS = 60;

/** How far below the beginning of what scrolls in `scroller` an element begins, in pixels. */
export function offsetWithin(scroller: Element, element: Element): number {
	const distance = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
	return Math.round(distance + scroller.scrollTop);
}

import { scrollerOf } from './follow-tail.svelte';

/** Text that only repeats what stands elsewhere, or belongs to the page. */
const NOT_SEARCHED = '[data-echo], [data-excerpt], button, .sr-only';

/** The elements that are drawn of those that hold what was found. */
export function foundIn(content: HTMLElement, keys: readonly string[]): HTMLElement[] {
	const wanted = new Set(keys);
	return [...content.querySelectorAll<HTMLElement>('[data-find]')].filter((element) =>
		wanted.has(element.dataset.find ?? '')
	);
}

/** Where the pattern stands in the text of an element, across the tags in it, in reading order. */
export function rangesIn(element: Element, pattern: RegExp): Range[] {
	const nodes: { node: Text; start: number }[] = [];
	let text = '';
	const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT, (node) =>
		node.parentElement?.closest(NOT_SEARCHED) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT
	);
	for (let node = walker.nextNode(); node; node = walker.nextNode())
		if (node instanceof Text) {
			nodes.push({ node, start: text.length });
			text += node.data;
		}
	return [...text.matchAll(pattern)].map((match) => {
		const range = document.createRange();
		const from = nodes.findLast(({ start }) => start <= match.index);
		const end = match.index + match[0].length;
		const to = nodes.findLast(({ start }) => start < end);
		if (from) range.setStart(from.node, match.index - from.start);
		if (to) range.setEnd(to.node, end - to.start);
		return range;
	});
}

/** Scrolls whatever has to scroll so that the range stands about in the middle. */
export function bringIntoView(range: Range): void {
	let inner: Element | null = range.startContainer.parentElement;
	while (inner instanceof HTMLElement) {
		const scroller = scrollerOf(inner);
		const { top, height } = range.getBoundingClientRect();
		const page = scroller === document.scrollingElement;
		const box = scroller.getBoundingClientRect();
		const above = page ? 0 : box.top;
		const room = page ? window.innerHeight : box.height;
		scroller.scrollTop += top + height / 2 - above - room / 2;
		if (page) return;
		inner = scroller.parentElement;
	}
}

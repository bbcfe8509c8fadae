import { untrack } from 'svelte';
import { pushState } from '$app/navigation';
import { page } from '$app/state';

/** Notifications stay within reach. */
const APART = '[data-toasts], script, style';

/**
 * For `{@attach}` on a drawer while it lies over the page: keyboard and screen readers find nothing
 * else, the focus goes in and comes back, and the way back in the browser (a gesture on phones)
 * closes it instead of leaving the page.
 */
export function overPage(name: string, close: () => void): (drawer: HTMLElement) => () => void {
	return (drawer) =>
		untrack(() => {
			const opener = document.activeElement;
			const still = othersOf(drawer);
			for (const element of still) element.inert = true;
			if (!drawer.contains(opener)) firstIn(drawer)?.focus();

			const here = location.href;
			pushState('', { ...page.state, over: name });
			const controller = new AbortController();
			const { signal } = controller;
			addEventListener('popstate', close, { signal });

			return () => {
				controller.abort();
				for (const element of still) element.inert = false;
				const lost = document.activeElement;
				if (lost === document.body || drawer.contains(lost))
					if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
				// Closed in another way: its place in the history goes too.
				if (page.state.over === name && location.href === here) history.back();
			};
		});
}

/** The first that shows: on a drawer, its Close. */
function firstIn(drawer: HTMLElement): HTMLElement | undefined {
	const buttons = [...drawer.querySelectorAll<HTMLElement>('button')];
	return buttons.find((button) => button.checkVisibility({ visibilityProperty: true }));
}

/** Everything on the page that is neither in the element nor around it. */
function othersOf(element: HTMLElement): HTMLElement[] {
	const others: HTMLElement[] = [];
	for (let e: HTMLElement | null = element; e && e !== document.body; e = e.parentElement)
		for (const sibling of e.parentElement?.children ?? [])
			if (sibling !== e && sibling instanceof HTMLElement && !sibling.inert)
				if (!sibling.matches(APART)) others.push(sibling);
	return others;
}

import { onNavigate } from '$app/navigation';

/**
 * Fades from page to page where the browser can, unless the person wants no motion. The same page
 * with other data changes in place. Called while the root layout is set up.
 */
export function fadeBetweenPages(): void {
	onNavigate(({ from, to, complete }) => {
		const same = from?.route.id === to?.route.id;
		const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
		if (same || still || document.hidden || !('startViewTransition' in document)) return;
		return new Promise((resolve) => {
			const transition = document.startViewTransition(async () => {
				resolve();
				await complete;
			});
			// Skipped or overtaken by the next: the page is there all the same.
			for (const stage of [transition.ready, transition.finished, transition.updateCallbackDone])
				stage.catch(() => undefined);
		});
	});
}

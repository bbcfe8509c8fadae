import { deserialize } from '$app/forms';
import { goto } from '$app/navigation';
import { page } from '$app/state';
import type { Action } from '$lib/client/actions.svelte';
import { focusField } from '$lib/client/dom';
import { showOverlay } from '$lib/client/palette.svelte';
import { runNotices } from '$lib/client/run-notices.svelte';
import type { ThemeState } from '$lib/client/theme.svelte';
import { startTour } from '$lib/client/tour.svelte';
import { shownToasts, toast } from '$lib/components/ui/toasts.svelte';
import { THEME_NAMES } from '$lib/domain/theme';

/** What can be done on every page. */
export function appActions(theme: ThemeState): Action[] {
	return [
		{
			id: 'go.console',
			title: 'Go to the console',
			group: 'Go to',
			keywords: 'home start directive',
			shortcut: 'g c',
			run: () => goto('/')
		},
		{
			id: 'go.runs',
			title: 'Go to the runs',
			group: 'Go to',
			keywords: 'history list past',
			shortcut: 'g r',
			run: () => goto('/runs')
		},
		{
			id: 'go.workflows',
			title: 'Go to the workflows',
			group: 'Go to',
			keywords: 'teams agents pipelines',
			shortcut: 'g w',
			run: () => goto('/workflows')
		},
		{
			id: 'directive',
			title: 'Write a directive',
			group: 'Go to',
			keywords: 'prompt ask focus new run',
			shortcut: 'r',
			run: writeDirective
		},
		{
			id: 'search',
			title: 'Search on this page',
			group: 'Go to',
			keywords: 'find filter',
			shortcut: '/',
			run: search
		},
		{
			id: 'workflow.new',
			title: 'New workflow',
			group: 'Workflows',
			keywords: 'create editor agents',
			run: () => goto('/workflows/new')
		},
		{
			id: 'theme',
			title: `Switch to the ${THEME_NAMES[theme.other]} theme`,
			group: 'View',
			keywords: 'dark light colours appearance',
			run: () => switchTheme(theme)
		},
		{
			id: 'notices',
			title: 'Switch the desktop notifications on or off',
			group: 'View',
			keywords: 'alerts tell settings',
			run: () => runNotices().toggle()
		},
		...(shownToasts().length === 0 ? [] : [TO_TOAST]),
		{
			id: 'palette',
			title: 'Show all commands',
			group: 'Help',
			shortcut: 'Ctrl+K',
			run: () => showOverlay('palette')
		},
		{
			id: 'shortcuts',
			title: 'Show the keyboard shortcuts',
			group: 'Help',
			keywords: 'keys help',
			shortcut: '?',
			run: () => showOverlay('shortcuts')
		},
		{
			id: 'tour',
			title: 'Take the tour',
			group: 'Help',
			keywords: 'introduction first steps explain',
			run: takeTour
		}
	];
}

const TO_TOAST: Action = {
	id: 'toast',
	title: 'Go to the newest notification',
	group: 'Go to',
	keywords: 'message toast undo',
	shortcut: 'n',
	run: toNewestToast
};

/** What can be done about it comes before its Dismiss. */
function toNewestToast() {
	const newest = shownToasts().at(-1);
	document.querySelector<HTMLElement>(`[data-toast="${newest?.id}"] :is(a, button)`)?.focus();
}

/** The tour is one of the console. */
export async function takeTour(): Promise<void> {
	if (page.route.id !== '/') await goto('/');
	startTour();
}

const DIRECTIVE = '[name="user_directive"]';

async function writeDirective() {
	if (focusField(`#start ${DIRECTIVE}`)) return;
	await goto('/');
	focusField(`#start ${DIRECTIVE}`);
}

/** The page's own search, else the one of the rail, else the palette, which always finds something. */
function search() {
	const fields = [
		'main [name="run_search"]',
		'main input[type="search"]',
		'aside input[type="search"]'
	];
	if (fields.some(focusField)) return;
	showOverlay('palette');
}

async function switchTheme(theme: ThemeState) {
	theme.show(theme.other);
	const body = new FormData();
	body.set('theme', theme.current);
	body.set('return_to', page.url.pathname);
	try {
		const headers = { 'x-sveltekit-action': 'true' };
		const answer = await fetch('/?/theme', { method: 'POST', headers, body });
		if (deserialize(await answer.text()).type !== 'error') return;
	} catch {
		// Not reached; the theme shows all the same.
	}
	toast({ tone: 'error', message: 'The theme shows, but could not be remembered.' });
}

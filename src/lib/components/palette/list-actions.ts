import type { Action } from '$lib/client/actions.svelte';
import {
	isFiltered,
	NO_FILTERS,
	runsAddress,
	STATUS_CHOICES,
	type RunFilters
} from '$lib/client/run-filters';

/** What can be done with the page of all runs: what it is narrowed to, and more of it. */
export function listActions(
	filters: RunFilters,
	list: { next: string | null; loadMore: () => unknown },
	go: (url: string) => unknown
): Action[] {
	const of = { group: 'Runs', keywords: 'filter list' } as const;
	const all: Action = {
		...of,
		id: 'runs.all',
		title: 'Show all runs',
		run: () => go(runsAddress(NO_FILTERS))
	};
	const more: Action = {
		...of,
		id: 'runs.more',
		title: 'Load more runs',
		run: () => list.loadMore()
	};
	return [
		...(isFiltered(filters) ? [all] : []),
		...STATUS_CHOICES.filter(({ value }) => value !== filters.status).map(
			({ value, text }): Action => ({
				...of,
				id: `runs.status:${value}`,
				title: `Show only runs: ${text}`,
				quiet: true,
				run: () => go(runsAddress({ ...filters, status: value }))
			})
		),
		...(list.next === null ? [] : [more])
	];
}

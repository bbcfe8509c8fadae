import { tick } from 'svelte';
import type { Action } from '$lib/client/actions.svelte';
import type { ConsoleState } from '$lib/client/console.svelte';
import { press } from '$lib/client/dom';
import type { Drawer } from '$lib/client/drawer.svelte';
import { stepActions } from './run-actions';

interface Console {
	desk: ConsoleState;
	settings: Drawer;
	/** Why no workflow can be planned here; null when one can. */
	unplannable: string | null;
}

/** What can be done on the console, besides what its rail and its run offer themselves. */
export function consoleActions({ desk, settings, unplannable }: Console): Action[] {
	const looking = {
		selected: () => desk.selected?.agent ?? null,
		select: (agent: string) => (desk.selected = { agent })
	};
	return [
		...(desk.active ? [] : startActions(unplannable)),
		...(desk.run ? stepActions(desk.run, looking) : []),
		...desk.workflows.map(({ id, name }): Action => ({
			id: `workflow.use:${id}`,
			title: `Use workflow ${name} in the console`,
			group: 'Workflows',
			keywords: `${id} choose select`,
			quiet: true,
			run: () => (desk.workflowId = id)
		})),
		{
			id: 'settings',
			title: 'Open or close the settings',
			group: 'View',
			keywords: 'models sandbox limits usage',
			shortcut: ']',
			run: () => settings.toggle()
		},
		{
			id: 'key',
			title: 'Show the client key',
			group: 'View',
			keywords: 'api secret token scripts settings',
			run: async () => {
				settings.open();
				await tick();
				press('#settings form[action*="showKey"] button');
			}
		}
	];
}

function startActions(unplannable: string | null): Action[] {
	const run: Action = {
		id: 'run',
		title: 'Run',
		group: 'Run',
		keywords: 'start go workflow directive',
		shortcut: 'Ctrl+Enter',
		run: () => document.querySelector<HTMLFormElement>('form#start')?.requestSubmit()
	};
	const plan: Action = {
		id: 'plan',
		title: 'Plan a workflow for the directive',
		group: 'Run',
		keywords: 'propose model agents',
		run: () => press('button[form="start"][formaction^="/plan"]')
	};
	return unplannable === null ? [run, plan] : [run];
}

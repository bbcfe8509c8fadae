import { tick } from 'svelte';
import type { Action } from '$lib/client/actions.svelte';
import { pendingApprovals } from '$lib/client/approvals';
import type { RunView } from '$lib/domain/run-event';

interface Looking {
	/** The agent whose output is looked at. */
	selected: () => string | null;
	select: (agentId: string) => void;
}

/** How one moves about in the run on screen: to what waits for a person, from step to step. */
export function stepActions(view: RunView, { selected, select }: Looking): Action[] {
	const ids = view.steps.map(({ agent_id }) => agent_id);
	const at = ids.indexOf(selected() ?? '');
	const go = (to: number) => {
		const agent = ids[Math.max(0, Math.min(ids.length - 1, to))];
		if (agent !== undefined) select(agent);
	};
	const moves: Action[] = [
		{
			id: 'step.next',
			title: 'Next step',
			group: 'Steps',
			keywords: 'agent down',
			shortcut: 'j',
			run: () => go(at + 1)
		},
		{
			id: 'step.previous',
			title: 'Previous step',
			group: 'Steps',
			keywords: 'agent up',
			shortcut: 'k',
			run: () => go(at < 0 ? ids.length - 1 : at - 1)
		}
	];
	return [
		...pendingApprovals(view).map(({ agent_id, what, seq }): Action => ({
			id: `approval:${agent_id}`,
			title: `Decide what ${agent_id} asks`,
			group: 'Needs you',
			keywords: 'approve refuse approval waits',
			hint: what,
			run: () => toApproval(seq, () => select(agent_id))
		})),
		...(ids.length > 1 ? moves : []),
		...ids.map((agent): Action => ({
			id: `step:${agent}`,
			title: `Go to step ${agent}`,
			group: 'Steps',
			keywords: 'agent output',
			quiet: true,
			run: () => select(agent)
		}))
	];
}

/** The question itself takes the focus: Tab then leads to the answer. */
async function toApproval(seq: number, select: () => void) {
	select();
	await tick();
	const card = document.getElementById(`approval-${seq}`);
	card?.scrollIntoView({ block: 'nearest' });
	card?.focus({ preventScroll: true });
}

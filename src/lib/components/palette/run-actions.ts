import { tick } from 'svelte';
import type { Action } from '$lib/client/actions.svelte';
import { pendingApprovals } from '$lib/client/approvals';
import { rowsOf } from '$lib/client/artifact-groups';
import { archiveUrl, artifactUrl, asDownload } from '$lib/client/addresses';
import { download } from '$lib/client/dom';
import type { OutputTab } from '$lib/components/console/output-tab';
import { openPreview } from '$lib/components/preview/preview.svelte';
import type { Artifact, RunArtifacts } from '$lib/domain/artifact';
import type { RunState } from '$lib/domain/run';
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

interface Output {
	tab: OutputTab;
	ontab: (tab: OutputTab) => void;
	/** The agent that is at work, when one is. */
	running: string | null;
	onrunning: () => void;
}

/** The views of a run's output, and the way to what happens now. */
export function outputActions({ tab, ontab, running, onrunning }: Output): Action[] {
	const other = tab === 'transcript' ? 'timeline' : 'transcript';
	const show: Action = {
		id: 'output.tab',
		title: `Show the ${other}`,
		group: 'View',
		keywords: 'gantt output view',
		shortcut: 't',
		run: () => ontab(other)
	};
	const go: Action = {
		id: 'step.running',
		title: 'Go to the running step',
		group: 'Steps',
		keywords: 'current newest now',
		shortcut: '.',
		run: onrunning
	};
	return running === null ? [show] : [show, go];
}

interface RunPage {
	run: Pick<RunState, 'run_id' | 'workflow_id'>;
	artifacts: readonly Artifact[];
	/** What is kept of the run; null once it has expired. */
	kept: Pick<RunArtifacts, 'pinned' | 'expires_at'> | null;
	/** Whether its workflow is still stored. */
	reusable: boolean;
	active: boolean;
	/** Goes elsewhere. */
	go: (url: string) => unknown;
	/** Sends the page's own form with this action, for this file where it is one of many. */
	submit: (action: string, filename?: string) => void;
}

/** What the page of a run offers besides its transcript. */
export function runPageActions(page: RunPage): Action[] {
	const { run, artifacts, kept, reusable, active, go, submit } = page;
	const again: Action = {
		id: 'run.new',
		title: 'New run of this workflow',
		group: 'Run',
		keywords: 'start console',
		run: () => go(`/?workflow=${encodeURIComponent(run.workflow_id)}`)
	};
	return [
		...(reusable && !active ? [again] : []),
		...(kept && artifacts.length > 0 ? keepActions(run.run_id, kept, submit) : []),
		...rowsOf(artifacts).flatMap(({ latest }) => pageFileActions(run.run_id, latest, submit))
	];
}

function keepActions(
	runId: string,
	{ pinned, expires_at }: Pick<RunArtifacts, 'pinned' | 'expires_at'>,
	submit: RunPage['submit']
): Action[] {
	const of = { group: 'Artifacts', keywords: 'keep expire' } as const;
	return [
		{
			...of,
			id: 'artifacts.zip',
			title: 'Download all artifacts as zip',
			run: () => download(archiveUrl(runId))
		},
		{
			...of,
			id: 'artifacts.pin',
			title: pinned ? 'Unpin the artifacts' : 'Pin the artifacts: keep them',
			run: () => submit('pinRun')
		},
		...(pinned || expires_at === null
			? []
			: [
					{
						...of,
						id: 'artifacts.extend',
						title: 'Keep the artifacts a week longer',
						run: () => submit('extendRun')
					}
				])
	];
}

function pageFileActions(runId: string, artifact: Artifact, submit: RunPage['submit']): Action[] {
	const name = artifact.filename;
	const of = { group: 'Artifacts', keywords: artifact.agent_id, quiet: true } as const;
	return [
		{
			...of,
			id: `artifact.view:${runId}/${name}`,
			title: `Preview ${name}`,
			run: () => openPreview({ kind: 'artifact', run_id: runId, artifact })
		},
		{
			...of,
			id: `artifact.download:${runId}/${name}`,
			title: `Download ${name}`,
			run: () => download(asDownload(artifactUrl(runId, name)))
		},
		{
			...of,
			id: `artifact.save:${runId}/${name}`,
			title: `Save ${name} to the Library`,
			run: () => submit('promote', name)
		},
		{
			...of,
			id: `artifact.delete:${runId}/${name}`,
			second: true,
			title: `Delete ${name}`,
			run: () => submit('deleteArtifact', name)
		}
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

import type { RunView, StepView, TranscriptItem } from '$lib/domain/run-event';

type ArtifactItem = Extract<TranscriptItem, { kind: 'artifact' }>;

/** A transcript item as it is drawn: artifacts that came together stand together. */
export type Block =
	Exclude<TranscriptItem, ArtifactItem> | { kind: 'artifacts'; seq: number; items: ArtifactItem[] };

export function blocksOf(transcript: readonly TranscriptItem[]): Block[] {
	const blocks: Block[] = [];
	for (const item of transcript) {
		const last = blocks.at(-1);
		if (item.kind !== 'artifact') blocks.push(item);
		else if (last?.kind === 'artifacts') last.items.push(item);
		else blocks.push({ kind: 'artifacts', seq: item.seq, items: [item] });
	}
	return blocks;
}

/** How an agent changed the graph, in one sentence. */
export function delegationText(
	item: Pick<Extract<TranscriptItem, { kind: 'delegation' }>, 'relation' | 'added' | 'removed'>
): string {
	const parts: string[] = [];
	if (item.added.length > 0) {
		const where =
			item.relation === 'child' ? 'to work after this agent' : 'to work beside this agent';
		parts.push(`Added ${item.added.join(', ')}, ${where}.`);
	}
	if (item.removed.length > 0) parts.push(`Took out ${item.removed.join(', ')}.`);
	return parts.join(' ');
}

/** The tool that an agent is using right now. */
export function currentTool(step: StepView): string | null {
	if (step.status !== 'running') return null;
	const last = step.transcript.findLast((item) => item.kind === 'tool');
	return last?.kind === 'tool' && last.state === 'running' ? last.tool : null;
}

/**
 * Where the newest output is: the last agent that works, else the last that ended, or null when
 * nothing began.
 */
export function newestStep(view: RunView): string | null {
	const working = view.steps.findLast(
		(s) => s.status === 'running' || s.status === 'awaiting_approval'
	);
	if (working) return working.agent_id;
	let newest: StepView | null = null;
	for (const step of view.steps)
		if (step.ended_at !== null && (newest?.ended_at ?? '') <= step.ended_at) newest = step;
	return newest?.agent_id ?? null;
}

/** What changed, in one sentence for screen readers: only words of status, never output. */
export function announcementOf(view: RunView): string {
	const named = (status: StepView['status']) =>
		view.steps.filter((s) => s.status === status).map((s) => s.agent_id);
	const parts = [`Run ${view.status.replace('_', ' ')}.`];
	const working = named('running');
	if (working.length > 0) parts.push(`Working: ${working.join(', ')}.`);
	const asking = named('awaiting_approval');
	if (asking.length > 0) parts.push(`Needs your approval: ${asking.join(', ')}.`);
	const failed = named('failed');
	if (failed.length > 0) parts.push(`Failed: ${failed.join(', ')}.`);
	parts.push(`${named('completed').length} of ${view.steps.length} agents done.`);
	return parts.join(' ');
}

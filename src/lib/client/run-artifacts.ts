import type { Artifact } from '$lib/domain/artifact';
import type { RunView } from '$lib/domain/run-event';

/** What a run collected, as its log tells; some of it may be gone by now. */
export function artifactsOf(view: RunView): Artifact[] {
	return view.steps.flatMap((step) =>
		step.transcript.flatMap((item) => (item.kind === 'artifact' ? [item.artifact] : []))
	);
}

/** Each version of each name once: the agent that made the newest first, its files in reading order. */
export function newestFirst(artifacts: readonly Artifact[]): Artifact[] {
	const unique = new Map(artifacts.map((a) => [`${a.version}/${a.filename}`, a]));
	const newest = new Map<string, number>();
	for (const { agent_id, generated_at } of artifacts)
		newest.set(agent_id, Math.max(newest.get(agent_id) ?? 0, Date.parse(generated_at)));
	return [...unique.values()].sort(
		(a, b) =>
			(newest.get(b.agent_id) ?? 0) - (newest.get(a.agent_id) ?? 0) ||
			a.agent_id.localeCompare(b.agent_id, 'en') ||
			a.filename.localeCompare(b.filename, 'en', { numeric: true }) ||
			b.version - a.version
	);
}

import type { Artifact } from '$lib/domain/artifact';
import type { RunView } from '$lib/domain/run-event';

/** What a run collected, as its log tells; some of it may be gone by now. */
export function artifactsOf(view: RunView): Artifact[] {
	return view.steps.flatMap((step) =>
		step.transcript.flatMap((item) => (item.kind === 'artifact' ? [item.artifact] : []))
	);
}

/** Each version of each name once, the newest first. */
export function newestFirst(artifacts: readonly Artifact[]): Artifact[] {
	const unique = new Map(artifacts.map((a) => [`${a.version}/${a.filename}`, a]));
	return [...unique.values()].sort(
		(a, b) =>
			Date.parse(b.generated_at) - Date.parse(a.generated_at) ||
			a.filename.localeCompare(b.filename, 'en', { numeric: true }) ||
			b.version - a.version
	);
}

import type { Artifact, RunArtifacts } from '$lib/domain/artifact';

const DELAY_MS = 350;

/** The rail's one metadata card: which artifact it tells about, and beside which row it stands. */
export class Hint {
	target: { run: RunArtifacts; artifact: Artifact; anchor: DOMRect } | null = $state.raw(null);
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** Appears after a moment, so that it does not flicker along with the pointer. */
	show(row: Element, run: RunArtifacts, artifact: Artifact): void {
		clearTimeout(this.#timer);
		// What is tapped is not hovered: the card would lie over the next rows. The preview says it all.
		if (matchMedia('(hover: none)').matches) return;
		this.#timer = setTimeout(() => {
			this.target = { run, artifact, anchor: row.getBoundingClientRect() };
		}, DELAY_MS);
	}

	hide(): void {
		clearTimeout(this.#timer);
		this.target = null;
	}
}

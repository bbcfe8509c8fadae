import type { Artifact } from '$lib/domain/artifact';
import type { LibraryFile } from '$lib/domain/library';

/** What a preview shows. */
export type PreviewTarget =
	{ kind: 'artifact'; run_id: string; artifact: Artifact } | { kind: 'library'; file: LibraryFile };

let target: PreviewTarget | null = $state.raw(null);
let listeners: ((file: LibraryFile) => void)[] = [];

/** The target on screen; `PreviewHost` shows it. */
export function shownTarget(): PreviewTarget | null {
	return target;
}

/** Opens a file in the preview, in place of the one that is open. */
export function openPreview(next: PreviewTarget): void {
	target = next;
}

export function closePreview(): void {
	target = null;
}

/** Calls back when a preview has saved a file to the Library. Returns what ends that. */
export function onSaved(listener: (file: LibraryFile) => void): () => void {
	listeners = [...listeners, listener];
	return () => {
		listeners = listeners.filter((other) => other !== listener);
	};
}

/** Tells everybody who shows the Library that it has this file now. */
export function announceSaved(file: LibraryFile): void {
	for (const listener of listeners) listener(file);
}

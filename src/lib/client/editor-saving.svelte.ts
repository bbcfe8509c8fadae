import type { WorkflowConfig } from '$lib/domain/workflow';
import { versionTag, type WorkflowVersion } from '$lib/domain/workflow-version';
import { ApiError } from './api';
import type { WorkflowDraft } from './workflow-draft.svelte';
import { draftOf, workflowIdFor } from './workflow-form';
import { readWorkflow } from './workflow-import';
import type { WorkflowStore } from './workflow-store';

/** Two that both changed the same workflow. */
export interface Conflict {
	/** What could not be stored. */
	mine: WorkflowConfig;
	/** What is stored now; null when it was deleted. */
	theirs: WorkflowVersion | null;
}

export type EditorSaving = ReturnType<typeof createSaving>;

/**
 * Storing what an editor holds: over what it began from, and over nothing else. Each function answers
 * with what is stored, and null when nothing is; then `failures` or `conflict` say why.
 */
export function createSaving(deps: {
	editor: WorkflowDraft;
	store: WorkflowStore;
	/** Ids of workflows that there are. */
	taken: readonly string[];
}) {
	const { editor, store } = deps;
	const taken = [...deps.taken];
	let busy = $state(false);
	let failures = $state.raw<readonly string[]>([]);
	let conflict = $state.raw<Conflict | null>(null);

	async function attempt<T>(act: () => Promise<T | null>): Promise<T | null> {
		if (busy) return null;
		busy = true;
		failures = [];
		try {
			return await act();
		} catch (error) {
			failures = [error instanceof Error ? error.message : String(error)];
			return null;
		} finally {
			busy = false;
		}
	}

	/** The workflow as it is now; null, and said so, while something is wrong with it. */
	function whole(verb: string): WorkflowConfig | null {
		const { config, problems } = editor;
		const [first] = problems;
		if (config) return config;
		failures = [`It cannot be ${verb} yet: ${first?.message ?? ''}`];
		editor.choose(first?.agent ?? null);
		return null;
	}

	async function storeOver(
		config: WorkflowConfig,
		over: string | null
	): Promise<WorkflowConfig | null> {
		const { draft } = editor;
		try {
			editor.saved(draft, await store.put(config, over));
			conflict = null;
			return config;
		} catch (error) {
			if (!isConflict(error)) throw error;
			conflict = { mine: config, theirs: await store.newest(config.id) };
			return null;
		}
	}

	/** Under an id that nobody has; others may make workflows meanwhile. */
	async function storeNew(config: WorkflowConfig): Promise<WorkflowConfig> {
		for (;;) {
			const named = { ...config, id: workflowIdFor(config.name, taken) };
			try {
				await store.put(named, null);
				return named;
			} catch (error) {
				if (!isConflict(error)) throw error;
				taken.push(named.id);
			}
		}
	}

	return {
		get busy() {
			return busy;
		},
		/** Why the last thing that was asked for was not done. */
		get failures() {
			return failures;
		},
		/** What a person has to decide on before it can be saved. */
		get conflict() {
			return conflict;
		},
		dismiss() {
			failures = [];
			conflict = null;
		},
		save: () =>
			attempt(async () => {
				const config = whole('saved');
				if (!config) return null;
				return config.id === '' ? storeNew(config) : storeOver(config, editor.base);
			}),
		saveCopy: () =>
			attempt(async () => {
				const config = whole('saved');
				if (!config) return null;
				return storeNew({ ...config, name: `Copy of ${config.name}`.slice(0, 200) });
			}),
		/** Looks up what is stored by now, and has the person decide. */
		compare: () =>
			attempt(async () => {
				const config = whole('compared');
				if (config) conflict = { mine: config, theirs: await store.newest(config.id) };
				return config;
			}),
		/** Decides a conflict: what could not be stored becomes the version after the newest. */
		saveOver: () =>
			attempt(async () => {
				if (!conflict) return null;
				const { mine, theirs } = conflict;
				return storeOver(mine, theirs && versionTag(theirs));
			}),
		/** Decides a conflict the other way; undo brings back what was here. */
		takeTheirs() {
			const theirs = conflict?.theirs;
			if (!theirs) return;
			editor.replace(draftOf(theirs.workflow));
			editor.saved(editor.draft, versionTag(theirs));
			conflict = null;
		},
		/** An older version becomes the newest. */
		restore: ({ workflow }: WorkflowVersion) =>
			attempt(async () => {
				const base = editor.base;
				editor.replace(draftOf(workflow));
				return storeOver(workflow, base);
			}),
		/** For a file of its own. */
		export(): WorkflowConfig | null {
			failures = [];
			const config = whole('exported');
			return config && { ...config, id: config.id || workflowIdFor(config.name, taken) };
		},
		import: (file: File) =>
			attempt(async () => {
				const { config, problems } = readWorkflow(await file.text());
				if (problems) failures = problems.map((problem) => `${file.name}: ${problem}`);
				else editor.replace(draftOf(config));
				return config ?? null;
			})
	};
}

const isConflict = (error: unknown): boolean =>
	error instanceof ApiError && error.code === 'conflict';

import type { Action } from '$lib/client/actions.svelte';
import type { WorkflowDraft } from '$lib/client/workflow-draft.svelte';

interface Editing {
	editor: Pick<WorkflowDraft, 'canUndo' | 'canRedo' | 'undo' | 'redo' | 'add' | 'tidy'>;
	/** Whether it is stored already. */
	stored: boolean;
	saving: boolean;
	onsave: () => unknown;
	oncopy: () => unknown;
	onexport: () => unknown;
	onimport: () => unknown;
	onversions: () => unknown;
	ondiscard: () => unknown;
}

/** What can be done with the workflow that is being edited. Its chords are the editor's own. */
export function editorActions(editing: Editing): Action[] {
	const { editor, stored } = editing;
	const action = (id: string, title: string, run: () => unknown): Action => ({
		id: `editor.${id}`,
		title,
		group: 'Workflows',
		keywords: 'editor',
		run
	});
	return [
		...(editing.saving ? [] : [action('save', 'Save the workflow', editing.onsave)]),
		action('agent', 'Add an agent', () => editor.add()),
		...(editor.canUndo ? [action('undo', 'Undo the last change', editor.undo)] : []),
		...(editor.canRedo ? [action('redo', 'Redo what was undone', editor.redo)] : []),
		action('tidy', 'Lay the graph out anew', editor.tidy),
		action('export', 'Export the workflow as JSON', editing.onexport),
		action('import', 'Import a workflow from JSON', editing.onimport),
		...(stored ? [action('versions', 'Show the versions', editing.onversions)] : []),
		...(stored ? [action('copy', 'Save as a copy', editing.oncopy)] : []),
		action('close', stored ? 'Close the editor' : 'Discard the workflow', editing.ondiscard)
	];
}

import { begin, change, redo, undo } from './history';
import type { Unsaved } from './unsaved';
import { configOf, type UnusableModels } from './workflow-check';
import * as edit from './workflow-edit';
import type { Draft, DraftAgent } from './workflow-form';

export type WorkflowDraft = ReturnType<typeof createWorkflowDraft>;

/** The workflow that is being edited: what it is now, what is wrong with it, and the way back. */
export function createWorkflowDraft(deps: {
	/** As it is stored, or as it begins. */
	initial: Draft;
	/** The `versionTag` of what is stored; null when nothing is. */
	base: string | null;
	unusable: UnusableModels;
	unsaved: Unsaved;
	now: () => number;
}) {
	const { unsaved, now } = deps;
	const kept = unsaved.read();
	const found = kept !== null && !edit.sameDraft(kept.draft, deps.initial);
	let stored = $state.raw({ draft: deps.initial, base: deps.base });
	/** What the draft began from: something newer may be stored by now. */
	let base = $state(found ? kept.base : deps.base);
	let history = $state.raw(begin(deps.initial));
	if (found) history = change(history, { ...kept.draft, id: deps.initial.id }, now());
	let restored = $state(found);
	let keeps = $state(true);
	let chosen = $state<number | null>(null);
	/** What was refused last; null when nothing was. */
	let refused = $state<string | null>(null);

	const checked = $derived(configOf(history.present, deps.unusable));
	const dirty = $derived(!edit.sameDraft(history.present, stored.draft));

	function keep() {
		if (edit.sameDraft(history.present, stored.draft)) unsaved.forget();
		else keeps = unsaved.write({ draft: history.present, base });
	}

	function apply(next: Draft, key: string | null = null) {
		refused = null;
		history = change(history, next, now(), key);
		keep();
	}

	function travel(to: typeof history) {
		history = to;
		refused = null;
		restored = false;
		if (chosen !== null && chosen >= to.present.agents.length) chosen = null;
		keep();
	}

	return {
		get draft() {
			return history.present;
		},
		get problems() {
			return checked.problems ?? [];
		},
		/** The workflow it describes; null while something is wrong. */
		get config() {
			return checked.config ?? null;
		},
		get dirty() {
			return dirty;
		},
		/** The `versionTag` of what it began from, to be named when it is saved. */
		get base() {
			return base;
		},
		/** Whether it is known that something newer is stored than what it began from. */
		get behind() {
			return base !== stored.base;
		},
		/** Whether it began with work that was never saved. */
		get restored() {
			return restored;
		},
		/** Whether the browser keeps what is not saved. */
		get keeps() {
			return keeps;
		},
		get refused() {
			return refused;
		},
		get canUndo() {
			return history.past.length > 0;
		},
		get canRedo() {
			return history.future.length > 0;
		},
		/** The place of the chosen agent; null when the workflow as a whole is. */
		get chosen() {
			return chosen;
		},
		choose(index: number | null) {
			chosen = index;
		},
		undo: () => travel(undo(history)),
		redo: () => travel(redo(history)),
		/** @param key of the field that is typed in, so that typing is one step */
		set(fields: Partial<Omit<Draft, 'agents' | 'id'>>, key: string | null = null) {
			apply({ ...history.present, ...fields }, key);
		},
		setAgent(index: number, fields: Partial<DraftAgent>, key: string | null = null) {
			apply(edit.withFields(history.present, index, fields), key && `${index}.${key}`);
		},
		rename(index: number, to: string) {
			if (history.present.agents[index]?.id !== to)
				apply(edit.withName(history.present, index, to));
		},
		add(at: edit.Point | null = null) {
			apply(edit.withAgent(history.present, at));
			chosen = history.present.agents.length - 1;
		},
		duplicate(index: number) {
			apply(edit.withDuplicate(history.present, index));
			chosen = history.present.agents.length - 1;
		},
		/** Agents and lines between others, in one step. */
		remove(indexes: readonly number[], lines: readonly { from: string; to: number }[] = []) {
			let next = history.present;
			for (const { from, to } of lines) next = edit.withoutDependency(next, from, to);
			apply(edit.withoutAgents(next, indexes));
			chosen = null;
		},
		/** Has `to` wait for `from`; where that cannot be, `refused` says why. */
		connect(from: number, to: number): boolean {
			const why = edit.whyNotConnect(history.present, from, to);
			if (why === null) apply(edit.withDependency(history.present, from, to));
			else refused = why;
			return why === null;
		},
		place(places: readonly edit.Point[]) {
			apply(edit.withPlaces(history.present, places));
		},
		tidy: () => apply(edit.withoutPlaces(history.present)),
		/** Puts another workflow in its place, as a step that can be undone. */
		replace(draft: Draft) {
			apply({ ...draft, id: history.present.id });
			chosen = null;
		},
		/** Begins again from what is stored; a step that can be undone. */
		discard() {
			base = stored.base;
			apply(stored.draft);
			restored = false;
			chosen = null;
		},
		/** Tells that this has been stored, and under which tag. */
		saved(draft: Draft, tag: string) {
			stored = { draft, base: tag };
			base = tag;
			restored = false;
			keep();
		}
	};
}

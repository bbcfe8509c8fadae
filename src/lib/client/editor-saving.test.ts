import { describe, expect, it } from 'vitest';
import { workflowSchema, type WorkflowConfig } from '$lib/domain/workflow';
import { versionTag, type WorkflowVersion } from '$lib/domain/workflow-version';
import { ApiError } from './api';
import { createSaving } from './editor-saving.svelte';
import { createUnsaved, type Kept } from './unsaved';
import { createWorkflowDraft } from './workflow-draft.svelte';
import { draftOf } from './workflow-form';
import type { WorkflowStore } from './workflow-store';

const config = (name: string, id = 'own'): WorkflowConfig =>
	workflowSchema.parse({ id, name, agents: [{ id: 'reader', prompt: 'Read.' }] });

/** A store as the server is one: it takes what names the newest version. */
function storeOf(...names: string[]): WorkflowStore & { stored: Map<string, WorkflowVersion> } {
	const stored = new Map<string, WorkflowVersion>();
	const put = (workflow: WorkflowConfig) => {
		const version = (stored.get(workflow.id)?.version ?? 0) + 1;
		const created_at = new Date(Date.UTC(2026, 10, 21, 12, version)).toISOString();
		const made = { version, created_at, workflow };
		stored.set(workflow.id, made);
		return versionTag(made);
	};
	for (const name of names) put(config(name));
	return {
		stored,
		async put(workflow, over) {
			const now = stored.get(workflow.id);
			if (over !== (now ? versionTag(now) : null)) throw new ApiError(409, 'conflict', 'Changed.');
			return put(workflow);
		},
		newest: async (id) => stored.get(id) ?? null
	};
}

/** An editor that was opened on what the store has now. */
function openOn(store: ReturnType<typeof storeOf>, kept: Map<string, string> = new Map()) {
	const now = store.stored.get('own');
	const storage = {
		getItem: (name: string) => kept.get(name) ?? null,
		setItem: (name: string, value: string) => void kept.set(name, value),
		removeItem: (name: string) => void kept.delete(name)
	};
	const editor = createWorkflowDraft({
		initial: draftOf(now?.workflow ?? { ...config('New'), id: '' }),
		base: now ? versionTag(now) : null,
		unusable: [],
		unsaved: createUnsaved(storage, 'own'),
		now: () => 0
	});
	return { editor, saving: createSaving({ editor, store, taken: [...store.stored.keys()] }) };
}

describe('saving what two have opened', () => {
	it('stores over what it began from, again and again', async () => {
		const store = storeOf('One');
		const { editor, saving } = openOn(store);
		for (const name of ['Two', 'Three']) {
			editor.set({ name });
			expect((await saving.save())?.name).toBe(name);
			expect(editor.dirty).toBe(false);
		}
		expect(store.stored.get('own')?.version).toBe(3);
	});

	it('never stores over what somebody else has stored: it asks, and keeps both', async () => {
		const store = storeOf('One');
		const [here, there] = [openOn(store), openOn(store)];
		there.editor.set({ name: 'Theirs' });
		await there.saving.save();
		here.editor.set({ name: 'Mine' });
		expect(await here.saving.save()).toBeNull();
		expect(here.saving.conflict?.theirs?.workflow.name).toBe('Theirs');
		expect(here.editor.draft.name).toBe('Mine');
		expect(store.stored.get('own')?.workflow.name).toBe('Theirs');

		expect((await here.saving.saveOver())?.name).toBe('Mine');
		expect(here.saving.conflict).toBeNull();
		expect(store.stored.get('own')).toMatchObject({ version: 3, workflow: { name: 'Mine' } });
	});

	it('takes theirs; undo brings back what was here, to be saved over theirs then', async () => {
		const store = storeOf('One');
		const { editor, saving } = openOn(store);
		await store.put(config('Theirs'), editor.base);
		editor.set({ name: 'Mine' });
		await saving.save();
		saving.takeTheirs();
		expect([editor.draft.name, editor.dirty, saving.conflict]).toEqual(['Theirs', false, null]);
		editor.undo();
		expect([editor.draft.name, editor.dirty]).toEqual(['Mine', true]);
		expect((await saving.save())?.name).toBe('Mine');
	});

	it('asks again when it was changed once more while one decided', async () => {
		const store = storeOf('One');
		const { editor, saving } = openOn(store);
		const second = await store.put(config('Two'), editor.base);
		editor.set({ name: 'Mine' });
		await saving.save();
		await store.put(config('Three'), second);
		expect(await saving.saveOver()).toBeNull();
		expect(saving.conflict?.theirs?.version).toBe(3);
	});

	it('offers to save again what was deleted', async () => {
		const store = storeOf('One');
		const { editor, saving } = openOn(store);
		store.stored.clear();
		editor.set({ name: 'Mine' });
		await saving.save();
		expect(saving.conflict).toMatchObject({ theirs: null });
		expect((await saving.saveOver())?.id).toBe('own');
	});

	it('restores an old version over what it began from only', async () => {
		const store = storeOf('One');
		const old = await store.newest('own');
		const { editor, saving } = openOn(store);
		await store.put(config('Theirs'), editor.base);
		if (!old) throw new Error('nothing stored');
		expect(await saving.restore(old)).toBeNull();
		expect(saving.conflict?.theirs?.workflow.name).toBe('Theirs');
	});
});

it('unsaved work of an earlier visit does not replace what was stored since', async () => {
	const store = storeOf('One');
	const kept = new Map<string, string>();
	openOn(store, kept).editor.set({ name: 'Mine' });
	const [before] = [...kept.values()].map((text) => (JSON.parse(text) as Kept).base);
	await store.put(config('Theirs'), before ?? null);

	const { editor, saving } = openOn(store, kept);
	expect([editor.restored, editor.behind, editor.draft.name]).toEqual([true, true, 'Mine']);
	expect(await saving.save()).toBeNull();
	expect(saving.conflict?.theirs?.workflow.name).toBe('Theirs');
	editor.discard();
	expect([editor.behind, editor.draft.name]).toEqual([false, 'Theirs']);
});

it('a new workflow takes an id that is free when it is stored, not when it was opened', async () => {
	const store = storeOf();
	const { editor, saving } = openOn(store);
	await store.put(config('Mine', 'mine'), null);
	editor.set({ name: 'Mine' });
	expect((await saving.save())?.id).toBe('mine-2');
	expect((await saving.saveCopy())?.id).toBe('copy-of-mine');
});

it('what is wrong with it is said, and nothing is stored', async () => {
	const store = storeOf('One');
	const { editor, saving } = openOn(store);
	editor.setAgent(0, { prompt: '' });
	expect(await saving.save()).toBeNull();
	expect(saving.failures).toEqual([
		'It cannot be saved yet: Agent "reader" needs a prompt: what is it to do?'
	]);
	expect(editor.chosen).toBe(0);
	expect(store.stored.get('own')?.version).toBe(1);
});

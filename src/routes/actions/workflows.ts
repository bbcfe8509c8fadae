import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { consoleUrl } from '$lib/client/addresses';
import { draftFrom, emptyAgent, removeAgent, type Draft } from '$lib/client/workflow-form';
import { done } from '$lib/components/console/answer';
import { tagField, textList } from './fields';
import { action } from './form';
import { storeNew, storeOver } from './store-workflow';

/** What a workflow is made for: kept until the run is started. */
const purpose = { user_directive: z.string().default(''), attached_files: textList };

/** A draft to go on with, and what it is made for. */
export function drafted(
	draft: Draft,
	user_directive: string,
	attached_files: string[],
	base: string | null = null
) {
	return { kind: 'draft' as const, draft, user_directive, attached_files, base };
}

/** Adds or removes an agent where no script does it in the page. */
export const change = action(
	'change',
	z.looseObject({ change: z.string(), base: tagField, ...purpose }),
	async ({ input: { change, user_directive, attached_files, base, ...fields } }) => {
		const draft = draftFrom(textsOf(fields));
		const removed = /^remove:(\d+)$/.exec(change)?.[1];
		if (removed !== undefined) removeAgent(draft, Number(removed));
		else draft.agents.push(emptyAgent(draft.agents));
		return drafted(draft, user_directive, attached_files, base);
	}
);

/** Stores a new workflow, and goes to the console with what it was made for. */
export const saveNew = action(
	'save',
	z.looseObject(purpose),
	async ({ client, input: { user_directive, attached_files, ...fields } }) => {
		const draft = draftFrom(textsOf(fields));
		const id = await storeNew(client.id, draft);
		const next = consoleUrl({ workflow: id, directive: user_directive, attached: attached_files });
		if (next !== null) redirect(303, next);
		return done(
			`Saved as “${draft.name}”. The directive is too long to be taken along: copy it from here.`,
			{ link: { href: `/?workflow=${id}`, text: 'Open the console' } }
		);
	}
);

/** Replaces one of the client's own workflows, as it was when the form was opened. */
export const saveOwn = action(
	'save',
	z.looseObject({ base: tagField, over: tagField }),
	async ({ client, input: { base, over = base, ...fields }, event }) => {
		const id = event.params.id ?? '';
		await storeOver(client.id, { ...draftFrom(textsOf(fields)), id }, over);
		redirect(303, `/workflows/${encodeURIComponent(id)}`);
	}
);

/** Stores what the form of a workflow holds as another one. */
export const saveCopy = action(
	'save',
	z.looseObject({ base: tagField }),
	async ({ client, input: { base: _, ...fields } }) => {
		const draft = draftFrom(textsOf(fields));
		const name = `Copy of ${draft.name}`.slice(0, 200);
		const id = await storeNew(client.id, { ...draft, name });
		redirect(303, `/workflows/${encodeURIComponent(id)}`);
	}
);

function textsOf(fields: Record<string, unknown>): Record<string, string | string[]> {
	return z.record(z.string(), z.union([z.string(), z.array(z.string())])).parse(fields);
}

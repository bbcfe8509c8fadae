import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { consoleUrl } from '$lib/client/addresses';
import { configOf } from '$lib/client/workflow-check';
import {
	draftFrom,
	emptyAgent,
	removeAgent,
	workflowIdFor,
	type Draft
} from '$lib/client/workflow-form';
import { ask, done } from '$lib/components/console/answer';
import { DomainError } from '$lib/domain/errors';
import type { ClientId } from '$lib/domain/ids';
import { services } from '$lib/server/services';
import { confirmed, textList } from './fields';
import { action } from './form';

/** What a workflow is made for: kept until the run is started. */
const purpose = { user_directive: z.string().default(''), attached_files: textList };

/** A draft to go on with, and what it is made for. */
export function drafted(draft: Draft, user_directive: string, attached_files: string[]) {
	return { kind: 'draft' as const, draft, user_directive, attached_files };
}

/** Adds or removes an agent where no script does it in the page. */
export const change = action(
	'change',
	z.looseObject({ change: z.string(), ...purpose }),
	async ({ input: { change, user_directive, attached_files, ...fields } }) => {
		const draft = draftFrom(textsOf(fields));
		const removed = /^remove:(\d+)$/.exec(change)?.[1];
		if (removed !== undefined) removeAgent(draft, Number(removed));
		else draft.agents.push(emptyAgent(draft.agents));
		return drafted(draft, user_directive, attached_files);
	}
);

/** Stores a new workflow, and goes to the console with what it was made for. */
export const saveNew = action(
	'save',
	z.looseObject(purpose),
	async ({ client, input: { user_directive, attached_files, ...fields } }) => {
		const draft = draftFrom(textsOf(fields));
		const { workflows } = services();
		const taken = (await workflows.list(client.id)).map(({ id }) => id);
		const id = await store(client.id, { ...draft, id: workflowIdFor(draft.name, taken) });
		const next = consoleUrl({ workflow: id, directive: user_directive, attached: attached_files });
		if (next !== null) redirect(303, next);
		return done(
			`Saved as “${draft.name}”. The directive is too long to be taken along: copy it from here.`,
			{ link: { href: `/?workflow=${id}`, text: 'Open the console' } }
		);
	}
);

/** Replaces one of the client's own workflows. */
export const saveOwn = action('save', z.looseObject({}), async ({ client, input, event }) => {
	const id = event.params.id ?? '';
	await store(client.id, { ...draftFrom(textsOf(input)), id });
	redirect(303, `/workflows/${encodeURIComponent(id)}`);
});

export const removeWorkflow = action(
	'remove',
	z.object({ confirmed }),
	async ({ client, input, event }) => {
		const id = event.params.id ?? '';
		const { workflows } = services();
		if (!input.confirmed)
			return ask({
				title: `Delete the workflow “${(await workflows.get(client.id, id))?.name ?? id}”?`,
				message: 'It is deleted for good. Its runs stay.',
				label: 'Delete',
				fields: {}
			});
		await workflows.remove(client.id, id);
		redirect(303, '/workflows');
	}
);

/** @throws DomainError `invalid` with every problem of the draft as `details` */
async function store(client: ClientId, draft: Draft): Promise<string> {
	const { config, problems } = configOf(draft);
	if (problems)
		throw new DomainError('invalid', problems.map(({ message }) => message).join(' '), problems);
	await services().workflows.put(client, config);
	return config.id;
}

function textsOf(fields: Record<string, unknown>): Record<string, string | string[]> {
	return z.record(z.string(), z.union([z.string(), z.array(z.string())])).parse(fields);
}

import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { services } from '$lib/server/services';
import { tagField } from './fields';
import { action } from './form';

/** Makes an old version the newest, over what was stored when it was looked at. */
export const restoreVersion = action(
	'restore',
	z.object({ version: z.coerce.number().int().min(1), base: tagField }),
	async ({ client, input, event }) => {
		const id = event.params.id ?? '';
		const { workflows } = services();
		const { workflow } = await workflows.version(client.id, id, input.version);
		await workflows.put(client.id, workflow, input.base);
		redirect(303, `/workflows/${encodeURIComponent(id)}/versions`);
	}
);

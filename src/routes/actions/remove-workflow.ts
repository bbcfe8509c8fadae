import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { ask } from '$lib/components/console/answer';
import { services } from '$lib/server/services';
import { confirmed } from './fields';
import { action } from './form';

/** Deletes one of the client's own workflows, after a yes. */
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

import { z } from 'zod';
import { services } from '$lib/server/services';
import { ask, done } from '$lib/components/console/answer';
import { confirmed, fileName } from './fields';
import { action } from './form';

export const deleteFile = action(
	'deleteFile',
	z.object({ name: fileName, confirmed }),
	async ({ client, input: { name, confirmed } }) => {
		if (!confirmed)
			return ask({
				title: `Delete “${name}” from the Library?`,
				message: 'It is deleted for good. Runs that used it keep their own copies.',
				label: 'Delete',
				fields: { name }
			});
		await services().library.remove(client.id, name);
		return done(`Deleted “${name}”.`);
	}
);

export const renameFile = action(
	'renameFile',
	z.object({ name: fileName, new_name: fileName }),
	async ({ client, input }) => {
		const file = await services().library.rename(client.id, input.name, input.new_name);
		return done(`“${input.name}” is now “${file.name}”.`);
	}
);

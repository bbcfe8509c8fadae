import { z } from 'zod';
import { libraryFileUrl } from '$lib/client/addresses';
import { services } from '$lib/server/services';
import { ask, done } from '$lib/components/console/answer';
import { confirmed, fileName, optional, runId } from './fields';
import { action } from './form';

export const promote = action(
	'promote',
	z.object({
		run_id: runId,
		filename: fileName,
		version: optional(z.coerce.number().int().min(1))
	}),
	async ({ client, input }) => {
		const { file, created } = await services().artifacts.promote(
			client.id,
			input.run_id,
			input.filename,
			input.version
		);
		return done(
			created
				? `Saved to the Library as “${file.name}”.`
				: `Already in the Library as “${file.name}”.`,
			{ link: { href: libraryFileUrl(file.name), text: 'Open' } }
		);
	}
);

export const deleteArtifact = action(
	'deleteArtifact',
	z.object({ run_id: runId, filename: fileName, confirmed }),
	async ({ client, input: { run_id, filename, confirmed } }) => {
		if (!confirmed)
			return ask({
				title: `Delete the artifact “${filename}”?`,
				message: 'All its versions are deleted for good. Copies in the Library stay.',
				label: 'Delete',
				fields: { run_id, filename }
			});
		await services().artifacts.removeFile(client.id, run_id, filename);
		return done(`Deleted “${filename}”.`);
	}
);

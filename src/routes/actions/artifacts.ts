import { z } from 'zod';
import { libraryFileUrl } from '$lib/client/addresses';
import { plural } from '$lib/client/format';
import { shortId } from '$lib/domain/ids';
import { services } from '$lib/server/services';
import { ask, done } from '$lib/components/console/answer';
import { confirmed, fileName, optional, runId } from './fields';
import { action } from './form';

const EXTENSION_MS = 7 * 86_400_000;

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

export const pinRun = action(
	'pinRun',
	z.object({ run_id: runId, pinned: z.enum(['true', 'false', '1', '0']) }),
	async ({ client, input: { run_id, pinned } }) => {
		const pin = pinned === 'true' || pinned === '1';
		await services().artifacts.setRetention(client.id, run_id, { pinned: pin });
		return done(
			pin
				? `The artifacts of run ${shortId(run_id)} are kept until you unpin them.`
				: `The artifacts of run ${shortId(run_id)} expire again.`
		);
	}
);

export const extendRun = action(
	'extendRun',
	z.object({ run_id: runId }),
	async ({ client, input: { run_id } }) => {
		const { artifacts } = services();
		const { expires_at } = await artifacts.get(client.id, run_id);
		const from = Math.max(Date.now(), expires_at === null ? 0 : Date.parse(expires_at));
		await artifacts.setRetention(client.id, run_id, { expires_at: new Date(from + EXTENSION_MS) });
		return done(`The artifacts of run ${shortId(run_id)} are kept for a week longer.`);
	}
);

export const clearOldRuns = action(
	'clearOldRuns',
	z.object({ older_than_hours: z.coerce.number().min(0).max(100_000), confirmed }),
	async ({ client, input: { older_than_hours, confirmed } }) => {
		if (!confirmed)
			return ask({
				title: 'Clear old runs?',
				message:
					`The artifacts of every run older than ${plural(older_than_hours, 'hour')} are deleted ` +
					'for good. Active and pinned runs stay, and so do copies in the Library.',
				label: 'Clear old runs',
				fields: { older_than_hours: String(older_than_hours) }
			});
		const cleared = await services().artifacts.clear(client.id, older_than_hours);
		return done(
			cleared.length === 0 ? 'No run was old enough.' : `Cleared ${plural(cleared.length, 'run')}.`
		);
	}
);

import { z } from 'zod';
import { plural } from '$lib/client/format';
import { ask, done } from '$lib/components/console/answer';
import { shortId } from '$lib/domain/ids';
import { services } from '$lib/server/services';
import { confirmed, runId } from './fields';
import { action } from './form';

const EXTENSION_MS = 7 * 86_400_000;

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

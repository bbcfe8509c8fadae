import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { shortId } from '$lib/domain/ids';
import { services } from '$lib/server/services';
import { ask, done } from '$lib/components/console/answer';
import { confirmed, optional, runId } from './fields';
import { action } from './form';

export const stop = action('stop', z.object({ run_id: runId }), async ({ client, input }) => {
	await services().engine.stop(client.id, input.run_id);
	redirect(303, `/runs/${input.run_id}`);
});

/** Goes on with an ended run; with a step named, tries that one and what depends on it. */
export const resume = action(
	'resume',
	z.object({ run_id: runId, agent_id: optional(z.string()) }),
	async ({ client, input }) => {
		await services().engine.resume(client.id, input.run_id, input.agent_id);
		redirect(303, `/runs/${input.run_id}`);
	}
);

/** Deletes what a run made; the run's own log stays readable. */
export const deleteRun = action(
	'deleteRun',
	z.object({ run_id: runId, confirmed }),
	async ({ client, input: { run_id, confirmed } }) => {
		if (!confirmed)
			return ask({
				title: `Delete the artifacts of run ${shortId(run_id)}?`,
				message: 'All of them are deleted for good. Copies in the Library stay.',
				label: 'Delete',
				fields: { run_id }
			});
		await services().artifacts.removeRun(client.id, run_id);
		return done(`Deleted the artifacts of run ${shortId(run_id)}.`);
	}
);

/** Deletes the run with everything it left: its log, its session, its artifacts. */
export const removeRun = action(
	'remove',
	z.object({ run_id: runId, confirmed }),
	async ({ client, input: { run_id, confirmed } }) => {
		if (!confirmed)
			return ask({
				title: `Delete run ${shortId(run_id)}?`,
				message: 'Its log and all its artifacts are deleted for good. Copies in the Library stay.',
				label: 'Delete',
				fields: { run_id }
			});
		await services().runs.remove(client.id, run_id);
		redirect(303, '/runs');
	}
);

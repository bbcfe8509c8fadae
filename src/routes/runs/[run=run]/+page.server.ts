import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { parseRunId, shortId } from '$lib/domain/ids';
import { clientOf } from '$lib/server/platform/http/api';
import { orErrorPage, unlessGone } from '$lib/server/platform/http/page';
import { replay } from '$lib/server/runs/replay';
import { services } from '$lib/server/services';
import { ask } from '$lib/components/console/answer';
import { deleteArtifact, promote } from '../../actions/artifacts';
import { confirmed, runId } from '../../actions/fields';
import { action, named } from '../../actions/form';
import { extendRun, pinRun } from '../../actions/retention';
import { stop } from '../../actions/runs';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params }) =>
	orErrorPage(async () => {
		const { artifacts, events, runs, sessions, workflows } = services();
		const client = clientOf(locals);
		const run = parseRunId(params.run);
		const state = await runs.state(client.id, run);
		const [kept, session] = await Promise.all([
			unlessGone(artifacts.get(client.id, run)),
			unlessGone(sessions.listFiles(client.id, run))
		]);
		return {
			run: state,
			view: replay(events, run),
			/** Null once they have expired. */
			kept,
			/** Null once it was removed. */
			session,
			reusable: (await workflows.get(client.id, state.workflow_id)) !== null
		};
	});

const resume = action('resume', z.object({ run_id: runId }), async ({ client, input }) => {
	await services().engine.resume(client.id, input.run_id);
	redirect(303, `/runs/${input.run_id}`);
});

/** The run with everything it left: its log, its session, its artifacts. */
const remove = action(
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

export const actions: Actions = named({
	stop,
	resume,
	remove,
	promote,
	deleteArtifact,
	pinRun,
	extendRun
});

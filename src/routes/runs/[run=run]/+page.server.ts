import { outlineOf, readFrom } from '$lib/client/run-outline';
import { parseRunId } from '$lib/domain/ids';
import { isActive } from '$lib/domain/run';
import { clientOf } from '$lib/server/platform/http/api';
import { orErrorPage, unlessGone } from '$lib/server/platform/http/page';
import { replay } from '$lib/server/runs/replay';
import { services } from '$lib/server/services';
import { approve } from '../../actions/approve';
import { deleteArtifact, promote } from '../../actions/artifacts';
import { named } from '../../actions/form';
import { rerun } from '../../actions/rerun';
import { extendRun, pinRun } from '../../actions/retention';
import { removeRun, resume, stop } from '../../actions/runs';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params, url }) =>
	orErrorPage(async () => {
		const { artifacts, events, library, runs, sessions, workflows } = services();
		const client = clientOf(locals);
		const run = parseRunId(params.run);
		const state = await runs.state(client.id, run);
		const [kept, session, files] = await Promise.all([
			unlessGone(artifacts.get(client.id, run)),
			unlessGone(sessions.listFiles(client.id, run)),
			library.list(client.id)
		]);
		const from = readFrom(url.searchParams);
		const view = replay(events, run);
		// Resumed, but its turn has not come: the log does not tell yet.
		if (state.status === 'queued' && !isActive(view.status)) view.status = 'queued';
		return {
			run: state,
			view: outlineOf(view, from),
			/** The item that the address asks for. */
			sought: from && 'item' in from ? from.item : null,
			/** What a re-run can be given. */
			library: files.map(({ name }) => name),
			/** Null once they have expired. */
			kept,
			/** Null once it was removed. */
			session,
			reusable: (await workflows.get(client.id, state.workflow_id)) !== null
		};
	});

export const actions: Actions = named({
	stop,
	approve,
	resume,
	rerun,
	remove: removeRun,
	promote,
	deleteArtifact,
	pinRun,
	extendRun
});

import { whyUnplannable } from '$lib/client/planning';
import { isRunId, type ClientId } from '$lib/domain/ids';
import { isActive } from '$lib/domain/run';
import type { RunView } from '$lib/domain/run-event';
import { DomainError } from '$lib/domain/errors';
import { clientOf } from '$lib/server/platform/http/api';
import { replay } from '$lib/server/runs/replay';
import { services } from '$lib/server/services';
import { deleteArtifact, promote } from './actions/artifacts';
import { named } from './actions/form';
import { deleteFile, renameFile } from './actions/library';
import { rerun } from './actions/rerun';
import { clearOldRuns, extendRun, pinRun } from './actions/retention';
import { approve, deleteRun, resume, start, stop } from './actions/runs';
import { showKey, theme } from './actions/settings';
import { upload } from './actions/upload';
import type { Actions, PageServerLoad } from './$types';

/** Runs that the page itself brings; the rail fetches older ones by itself. */
const RAIL_RUNS = 24;

export const load: PageServerLoad = async ({ locals, url }) => {
	const { id } = clientOf(locals);
	const { library, artifacts, workflows, models, sandbox, config } = services();
	const [files, made, libraryUsage, artifactUsage, offered, current] = await Promise.all([
		library.list(id),
		artifacts.list(id, { limit: RAIL_RUNS }),
		library.usage(id),
		artifacts.usage(id),
		workflows.list(id),
		currentRun(id, url.searchParams.get('run'))
	]);
	const described = models.describe();
	return {
		library: files,
		artifacts: made.artifacts,
		older: made.next === null ? null : artifacts.holdings(id),
		workflows: offered,
		limits: {
			file_bytes: config.MAX_FILE_BYTES,
			library_bytes: config.LIBRARY_QUOTA_BYTES,
			artifact_bytes: config.ARTIFACT_QUOTA_BYTES
		},
		usage: {
			library_bytes: libraryUsage.bytes,
			artifact_bytes: artifactUsage.bytes,
			files: libraryUsage.files
		},
		sandbox: sandbox.describe(),
		models: described,
		unplannable: whyUnplannable(described.reasoning),
		current
	};
};

/** The run that the address names, or the newest active one. */
async function currentRun(client: ClientId, asked: string | null): Promise<RunView | null> {
	const { runs, events } = services();
	if (asked !== null && isRunId(asked)) {
		try {
			runs.requireOwn(client, asked);
			return replay(events, asked);
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
		}
	}
	const { runs: newest } = await runs.list(client, { limit: 20 });
	const active = newest.find((run) => isActive(run.status));
	return active && isRunId(active.run_id) ? replay(events, active.run_id) : null;
}

export const actions: Actions = named({
	upload,
	start,
	stop,
	approve,
	resume,
	rerun,
	promote,
	deleteFile,
	renameFile,
	deleteArtifact,
	deleteRun,
	pinRun,
	extendRun,
	clearOldRuns,
	showKey,
	theme
});

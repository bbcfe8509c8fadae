import { whyUnplannable } from '$lib/client/planning';
import { shapeOf } from '$lib/client/workflow-preview';
import { clientOf } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';
import { deleteArtifact, promote } from './actions/artifacts';
import { named } from './actions/form';
import { deleteFile, renameFile } from './actions/library';
import { rerun } from './actions/rerun';
import { clearOldRuns, extendRun, pinRun } from './actions/retention';
import { approve } from './actions/approve';
import { deleteRun, resume, stop } from './actions/runs';
import { showKey, theme } from './actions/settings';
import { start } from './actions/start';
import { upload } from './actions/upload';
import { currentRun } from './current-run';
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
		workflows: offered.map(shapeOf),
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

import { filtersFrom, runQuery } from '$lib/client/run-filters';
import { clientOf } from '$lib/server/platform/http/api';
import { orErrorPage } from '$lib/server/platform/http/page';
import { services } from '$lib/server/services';
import { named } from '../actions/form';
import { removeRun, resume, stop } from '../actions/runs';
import type { Actions, PageServerLoad } from './$types';

const PAGE = 50;

export const load: PageServerLoad = ({ locals, url }) =>
	orErrorPage(async () => {
		const { id } = clientOf(locals);
		const { runs, workflows } = services();
		const cursor = url.searchParams.get('cursor') ?? undefined;
		const filters = filtersFrom(url.searchParams);
		const [page, stored] = await Promise.all([
			runs.list(id, { ...runQuery(filters), cursor, limit: PAGE }),
			workflows.names(id)
		]);
		const names = new Map(stored.map((workflow) => [workflow.id, workflow.name]));
		// Runs may be of workflows that are not stored, or not any more.
		for (const run of page.runs)
			if (!names.has(run.workflow_id)) names.set(run.workflow_id, run.name);
		if (filters.workflow !== '' && !names.has(filters.workflow))
			names.set(filters.workflow, filters.workflow);
		return {
			...page,
			filters,
			first: cursor === undefined,
			workflows: [...names].map(([id, name]) => ({ id, name }))
		};
	});

export const actions: Actions = named({ stop, resume, remove: removeRun });

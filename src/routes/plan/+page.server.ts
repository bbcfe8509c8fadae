import { draftOf, emptyAgent, type Draft } from '$lib/client/workflow-form';
import { notFound } from '$lib/domain/errors';
import { clientOf } from '$lib/server/platform/http/api';
import { orErrorPage } from '$lib/server/platform/http/page';
import { services } from '$lib/server/services';
import { editorData } from '../actions/editor';
import { plan } from '../actions/plan';
import { change, saveNew } from '../actions/workflows';
import type { Actions, PageServerLoad } from './$types';

/** A workflow that is not stored yet: planned, copied (`?copy=<id>`) or blank (`?blank`). */
export const load: PageServerLoad = ({ locals, url }) =>
	orErrorPage(async () => {
		const copied = url.searchParams.get('copy');
		const client = clientOf(locals);
		let draft: Draft | null = null;
		if (copied !== null) {
			const workflow = await services().workflows.get(client.id, copied);
			if (!workflow) throw notFound();
			draft = { ...draftOf(workflow), id: '', name: `Copy of ${workflow.name}`.slice(0, 200) };
		} else if (url.searchParams.has('blank'))
			draft = {
				id: '',
				name: '',
				description: '',
				max_token_budget: '',
				max_cost_usd: '',
				timeout_s: '',
				allow_internet: false,
				agents: [emptyAgent([])]
			};
		return { draft, copied: copied !== null, ...editorData() };
	});

export const actions: Actions = { plan, change, save: saveNew };

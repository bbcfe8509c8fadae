import { notFound } from '$lib/domain/errors';
import { clientOf } from '$lib/server/platform/http/api';
import { orErrorPage } from '$lib/server/platform/http/page';
import { services } from '$lib/server/services';
import { named } from '../../actions/form';
import { removeWorkflow } from '../../actions/remove-workflow';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params }) =>
	orErrorPage(async () => {
		const { workflows } = services();
		const workflow = await workflows.get(clientOf(locals).id, params.id);
		if (!workflow) throw notFound();
		return { workflow, own: !workflows.isStarter(workflow.id) };
	});

export const actions: Actions = named({ remove: removeWorkflow });

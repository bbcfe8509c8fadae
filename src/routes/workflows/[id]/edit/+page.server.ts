import { draftOf } from '$lib/client/workflow-form';
import { DomainError, notFound } from '$lib/domain/errors';
import { clientOf } from '$lib/server/platform/http/api';
import { orErrorPage } from '$lib/server/platform/http/page';
import { services } from '$lib/server/services';
import { editorData } from '../../../actions/editor';
import { change, saveOwn } from '../../../actions/workflows';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params }) =>
	orErrorPage(async () => {
		const { workflows } = services();
		const client = clientOf(locals).id;
		const workflow = await workflows.get(client, params.id);
		if (!workflow) throw notFound();
		if (workflows.isStarter(workflow.id))
			throw new DomainError(
				'forbidden',
				`“${workflow.name}” comes with Raro and cannot be changed. Duplicate it, and change the copy.`
			);
		return { draft: draftOf(workflow), ...(await editorData(client)) };
	});

export const actions: Actions = { change, save: saveOwn };

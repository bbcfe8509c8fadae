import { draftOf } from '$lib/client/workflow-form';
import { DomainError, notFound } from '$lib/domain/errors';
import { versionTag } from '$lib/domain/workflow-version';
import { clientOf } from '$lib/server/platform/http/api';
import { orErrorPage } from '$lib/server/platform/http/page';
import { services } from '$lib/server/services';
import { editorData, newDraft } from '../../../actions/editor';
import { named } from '../../../actions/form';
import { change, saveCopy, saveOwn } from '../../../actions/workflows';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params, request }) =>
	orErrorPage(async () => {
		const { workflows } = services();
		const client = clientOf(locals).id;
		const own = await workflows.newest(client, params.id);
		if (own)
			return {
				draft: draftOf(own.workflow),
				base: versionTag(own),
				...(await editorData(client))
			};
		const starter = await workflows.get(client, params.id);
		// Deleted meanwhile: what was sent from its form is the last of it, and has to be shown.
		if (!starter && request.method === 'POST')
			return {
				draft: { ...(await newDraft(client, null)), id: params.id, name: params.id },
				base: null,
				...(await editorData(client))
			};
		if (!starter) throw notFound();
		throw new DomainError(
			'forbidden',
			`“${starter.name}” comes with Raro and cannot be changed. Duplicate it, and change the copy.`
		);
	});

export const actions: Actions = named({ change, save: saveOwn, copy: saveCopy });

import { clientOf } from '$lib/server/platform/http/api';
import { orErrorPage } from '$lib/server/platform/http/page';
import { editorData, newDraft } from '../../actions/editor';
import { named } from '../../actions/form';
import { change, saveNew } from '../../actions/workflows';
import type { Actions, PageServerLoad } from './$types';

/** A workflow that is not stored yet: blank, or a copy (`?copy=<id>`). */
export const load: PageServerLoad = ({ locals, url }) =>
	orErrorPage(async () => {
		const client = clientOf(locals).id;
		const copied = url.searchParams.get('copy');
		return { draft: await newDraft(client, copied), copied, ...(await editorData(client)) };
	});

export const actions: Actions = named({ change, save: saveNew });

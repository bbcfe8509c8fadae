import { redirect } from '@sveltejs/kit';
import { clientOf } from '$lib/server/platform/http/api';
import { editorData } from '../actions/editor';
import { named } from '../actions/form';
import { plan } from '../actions/plan';
import { change, saveNew } from '../actions/workflows';
import type { Actions, PageServerLoad } from './$types';

/** A workflow that a model plans; it is shown for editing. What is copied or blank is elsewhere. */
export const load: PageServerLoad = async ({ locals, url }) => {
	if (url.searchParams.has('copy') || url.searchParams.has('blank'))
		redirect(308, `/workflows/new${url.search}`);
	return { draft: null, copied: null, ...(await editorData(clientOf(locals).id)) };
};

export const actions: Actions = named({ plan, change, save: saveNew });

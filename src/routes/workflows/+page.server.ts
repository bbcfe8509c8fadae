import { clientOf } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	workflows: await services().workflows.list(clientOf(locals).id)
});

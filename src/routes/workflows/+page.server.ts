import { clientOf } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { workflows } = services();
	const offered = await workflows.list(clientOf(locals).id);
	const starters = offered.map(({ id }) => id).filter(workflows.isStarter);
	return { workflows: offered, starters };
};

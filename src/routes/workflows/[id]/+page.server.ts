import { notFound } from '$lib/domain/errors';
import { clientOf } from '$lib/server/platform/http/api';
import { orErrorPage } from '$lib/server/platform/http/page';
import { services } from '$lib/server/services';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params }) =>
	orErrorPage(async () => {
		const workflow = await services().workflows.get(clientOf(locals).id, params.id);
		if (!workflow) throw notFound();
		return { workflow };
	});

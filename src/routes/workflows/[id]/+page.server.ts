import { notFound } from '$lib/domain/errors';
import { orErrorPage } from '$lib/server/platform/http/page';
import { services } from '$lib/server/services';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ params }) =>
	orErrorPage(() => {
		const workflow = services().workflows.get(params.id);
		if (!workflow) throw notFound();
		return { workflow };
	});

import { notFound } from '$lib/domain/errors';
import { clientOf, handle, json } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

/** One stored workflow. */
export const GET = handle(async ({ locals, params }) => {
	clientOf(locals);
	const workflow = services().workflows.get(params.id ?? '');
	if (!workflow) throw notFound();
	return json(workflow);
});

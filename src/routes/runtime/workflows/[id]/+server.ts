import { notFound } from '$lib/domain/errors';
import { clientOf, handle, json } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

/** One stored workflow. */
export const GET = handle(async ({ locals, params }) => {
	const client = clientOf(locals);
	const workflow = await services().workflows.get(client.id, params.id ?? '');
	if (!workflow) throw notFound();
	return json(workflow);
});

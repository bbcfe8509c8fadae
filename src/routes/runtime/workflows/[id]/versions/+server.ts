import { clientOf, handle, json } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

/** What the stored workflow was, newest first. */
export const GET = handle(async ({ locals, params }) => {
	const client = clientOf(locals);
	return json({ versions: await services().workflows.versions(client.id, params.id ?? '') });
});

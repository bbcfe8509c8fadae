import { clientOf, handle, json } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

/** Stored workflows, starters first. */
export const GET = handle(async ({ locals }) => {
	const client = clientOf(locals);
	return json({ workflows: await services().workflows.list(client.id) });
});

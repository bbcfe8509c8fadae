import { clientOf, handle, json } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

/** The client's own files and the shared ones, by name. */
export const GET = handle(async ({ locals, url }) => {
	const client = clientOf(locals);
	const q = url.searchParams.get('q') ?? '';
	return json({ files: await services().library.list(client.id, { q }) });
});

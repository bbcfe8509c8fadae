import { clientOf, handle, json } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';
import { listQuery } from './query';

/** Runs with their artifacts, newest first. */
export const GET = handle(async ({ locals, url }) => {
	const { id } = clientOf(locals);
	const filter = listQuery.parse(Object.fromEntries(url.searchParams));
	return json(await services().artifacts.list(id, filter));
});

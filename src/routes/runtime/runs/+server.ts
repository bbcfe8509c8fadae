import { clientOf, handle, json } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';
import { runsQuery } from './query';

/** A client's runs, newest first. */
export const GET = handle(async ({ locals, url }) => {
	const client = clientOf(locals);
	const page = runsQuery.parse(Object.fromEntries(url.searchParams));
	return json(await services().runs.list(client.id, page));
});

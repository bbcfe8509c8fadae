import { parseRunId } from '$lib/domain/ids';
import { clientOf, handle, json } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

export const GET = handle(async ({ locals, url }) => {
	const client = clientOf(locals);
	const run = parseRunId(url.searchParams.get('run_id') ?? '');
	return json(await services().runs.state(client.id, run));
});

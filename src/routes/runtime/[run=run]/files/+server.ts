import { parseRunId } from '$lib/domain/ids';
import { clientOf, handle, json } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

export const GET = handle(async ({ locals, params }) => {
	const client = clientOf(locals);
	return json(await services().sessions.listFiles(client.id, parseRunId(params.run ?? '')));
});

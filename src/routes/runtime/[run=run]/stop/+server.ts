import { parseRunId } from '$lib/domain/ids';
import { clientOf, handle } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

export const POST = handle(async ({ locals, params }) => {
	const client = clientOf(locals);
	await services().engine.stop(client.id, parseRunId(params.run ?? ''));
	return new Response(null, { status: 202 });
});

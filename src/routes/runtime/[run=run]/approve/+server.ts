import { parseRunId } from '$lib/domain/ids';
import { decisionSchema } from '$lib/domain/workflow';
import { clientOf, handle, readJson } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

export const POST = handle(async (event) => {
	const client = clientOf(event.locals);
	const decision = await readJson(event, decisionSchema);
	await services().engine.approve(client.id, parseRunId(event.params.run ?? ''), decision);
	return new Response(null, { status: 202 });
});

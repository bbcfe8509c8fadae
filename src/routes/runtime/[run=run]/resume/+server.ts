import { parseRunId } from '$lib/domain/ids';
import { resumeSchema } from '$lib/domain/workflow';
import { clientOf, handle, readOptionalJson } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

/** Goes on with an ended run; with `{agent_id}`, does that step again and all that depend on it. */
export const POST = handle(async (event) => {
	const client = clientOf(event.locals);
	const asked = await readOptionalJson(event, resumeSchema);
	const run = parseRunId(event.params.run ?? '');
	await services().engine.resume(client.id, run, asked?.agent_id);
	return new Response(null, { status: 202 });
});

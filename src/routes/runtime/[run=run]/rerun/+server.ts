import { parseRunId } from '$lib/domain/ids';
import { rerunSchema } from '$lib/domain/workflow';
import { clientOf, handle, json, readOptionalJson } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

/** Starts an ended run again with what is to be different. */
export const POST = handle(async (event) => {
	const client = clientOf(event.locals);
	const asked = (await readOptionalJson(event, rerunSchema)) ?? {};
	const run = parseRunId(event.params.run ?? '');
	const run_id = await services().engine.rerun(client.id, run, asked);
	return json({ success: true, run_id }, { status: 201 });
});

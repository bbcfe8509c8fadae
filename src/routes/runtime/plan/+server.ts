import { planSchema } from '$lib/domain/workflow';
import { clientOf, handle, json, readJson } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

export const POST = handle(async (event) => {
	const client = clientOf(event.locals);
	const asked = await readJson(event, planSchema);
	return json(await services().planner.plan(client.id, asked, event.request.signal));
});

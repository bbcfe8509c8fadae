import { planSchema } from '$lib/domain/workflow';
import { clientOf, handle, json, readJson } from '$lib/server/platform/http/api';
import { whileConnected } from '$lib/server/platform/http/connected';
import { services } from '$lib/server/services';

export const POST = handle(async (event) => {
	const client = clientOf(event.locals);
	const asked = await readJson(event, planSchema);
	const { planner } = services();
	return json(await whileConnected(event, (signal) => planner.plan(client.id, asked, signal)));
});

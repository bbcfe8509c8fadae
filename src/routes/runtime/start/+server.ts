import { startSchema } from '$lib/domain/workflow';
import { clientOf, handle, json, readJson } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

export const POST = handle(async (event) => {
	const client = clientOf(event.locals);
	const asked = await readJson(event, startSchema);
	const run_id = await services().engine.start(client.id, asked);
	return json({ success: true, run_id }, { status: 201 });
});

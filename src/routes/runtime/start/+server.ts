import { startSchema } from '$lib/domain/workflow';
import { clientOf, handle, json, readJson } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

export const POST = handle(async ({ locals, request }) => {
	const client = clientOf(locals);
	const asked = await readJson(request, startSchema);
	const run_id = await services().engine.start(client.id, asked);
	return json({ success: true, run_id }, { status: 201 });
});

import { parseRunId } from '$lib/domain/ids';
import { clientOf, handle, json, readJson } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';
import { retentionChange } from '../query';

/** One run's artifacts, every version. */
export const GET = handle(async ({ locals, params }) => {
	const { id } = clientOf(locals);
	return json(await services().artifacts.get(id, parseRunId(params.run ?? '')));
});

/** Pins or extends them. */
export const PATCH = handle(async ({ locals, params, request }) => {
	const { id } = clientOf(locals);
	const change = await readJson(request, retentionChange);
	return json(await services().artifacts.setRetention(id, parseRunId(params.run ?? ''), change));
});

/** Deletes them; the run stays in the history. */
export const DELETE = handle(async ({ locals, params }) => {
	const { id } = clientOf(locals);
	await services().artifacts.removeRun(id, parseRunId(params.run ?? ''));
	return new Response(null, { status: 204 });
});

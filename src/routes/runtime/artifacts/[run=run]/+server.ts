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
export const PATCH = handle(async (event) => {
	const { id } = clientOf(event.locals);
	const change = await readJson(event, retentionChange);
	const run = parseRunId(event.params.run ?? '');
	return json(await services().artifacts.setRetention(id, run, change));
});

/** Deletes them; the run stays in the history. */
export const DELETE = handle(async ({ locals, params }) => {
	const { id } = clientOf(locals);
	await services().artifacts.removeRun(id, parseRunId(params.run ?? ''));
	return new Response(null, { status: 204 });
});

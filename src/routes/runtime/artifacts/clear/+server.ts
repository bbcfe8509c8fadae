import { clientOf, handle, json, readJson } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';
import { clearRequest } from '../query';

/** Deletes the artifacts of old runs; never of active or pinned ones. */
export const POST = handle(async (event) => {
	const { id } = clientOf(event.locals);
	const { older_than_hours } = await readJson(event, clearRequest);
	return json({ deleted: await services().artifacts.clear(id, older_than_hours) });
});

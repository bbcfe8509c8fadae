import { notFound } from '$lib/domain/errors';
import { clientOf, handle, json } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

/** One version, whole. To restore it, put it. */
export const GET = handle(async ({ locals, params }) => {
	const client = clientOf(locals);
	const { id = '', version = '' } = params;
	if (!/^[1-9]\d{0,8}$/.test(version)) throw notFound();
	return json(await services().workflows.version(client.id, id, Number(version)));
});

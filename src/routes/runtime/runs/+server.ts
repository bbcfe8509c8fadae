import { z } from 'zod';
import { clientOf, handle, json } from '$lib/server/platform/http/api';
import { MAX_LIMIT } from '$lib/server/runs/runs';
import { services } from '$lib/server/services';

const query = z.strictObject({
	cursor: z.string().max(200).optional(),
	limit: z.coerce.number().int().min(1).max(MAX_LIMIT).optional()
});

export const GET = handle(async ({ locals, url }) => {
	const client = clientOf(locals);
	const page = query.parse(Object.fromEntries(url.searchParams));
	return json(await services().runs.list(client.id, page));
});

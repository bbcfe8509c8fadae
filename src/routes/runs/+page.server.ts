import { clientOf } from '$lib/server/platform/http/api';
import { orErrorPage } from '$lib/server/platform/http/page';
import { services } from '$lib/server/services';
import type { PageServerLoad } from './$types';

const PAGE = 30;

export const load: PageServerLoad = ({ locals, url }) =>
	orErrorPage(async () => {
		const client = clientOf(locals);
		const cursor = url.searchParams.get('cursor') ?? undefined;
		const { runs, next } = await services().runs.list(client.id, { cursor, limit: PAGE });
		return { runs, next, first: cursor === undefined };
	});

import { parseRunId } from '$lib/domain/ids';
import { clientOf, handle } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

/** The latest version of every file of a run, as a zip that is made while it is sent. */
export const GET = handle(async ({ locals, params, request }) => {
	const { id } = clientOf(locals);
	const archive = await services().artifacts.archive(id, parseRunId(params.run ?? ''));
	const headers = {
		'Cache-Control': 'private, no-store',
		'Content-Disposition': `attachment; filename="${archive.name}"`,
		'Content-Length': String(archive.sizeBytes),
		'Content-Type': 'application/zip',
		'X-Content-Type-Options': 'nosniff'
	};
	if (request.method === 'GET') return new Response(archive.stream, { headers });
	await archive.stream.cancel();
	return new Response(null, { headers });
});

export const HEAD = GET;

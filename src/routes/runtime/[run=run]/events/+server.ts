import { parseRunId } from '$lib/domain/ids';
import { clientOf, handle } from '$lib/server/platform/http/api';
import { resumePoint, streamEvents } from '$lib/server/runs/event-stream';
import { services } from '$lib/server/services';

export const GET = handle(async ({ locals, params, request, url }) => {
	const client = clientOf(locals);
	const run = parseRunId(params.run ?? '');
	const { events, runs } = services();
	runs.requireOwn(client.id, run);
	const after = resumePoint(request, url);
	return new Response(streamEvents({ events, standing: runs.standing }, run, after), {
		headers: {
			'content-type': 'text/event-stream; charset=utf-8',
			'cache-control': 'private, no-store',
			// Proxies such as nginx hold answers back unless told otherwise.
			'x-accel-buffering': 'no'
		}
	});
});

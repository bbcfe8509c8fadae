import { parseFileName } from '$lib/domain/file-name';
import { parseRunId } from '$lib/domain/ids';
import { clientOf, handle } from '$lib/server/platform/http/api';
import { fileResponse } from '$lib/server/platform/http/file-response';
import { services } from '$lib/server/services';

export const GET = handle(async (event) => {
	const { locals, params, url } = event;
	const client = clientOf(locals);
	const { sessions, files } = services();
	const run = parseRunId(params.run ?? '');
	const file = await sessions.find(client.id, run, parseFileName(params.name ?? ''));
	return fileResponse(event, file, files, { download: url.searchParams.has('download') });
});

export const HEAD = GET;

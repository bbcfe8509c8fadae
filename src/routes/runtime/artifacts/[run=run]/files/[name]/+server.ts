import { parseFileName } from '$lib/domain/file-name';
import { parseRunId } from '$lib/domain/ids';
import { clientOf, handle } from '$lib/server/platform/http/api';
import { fileResponse } from '$lib/server/platform/http/file-response';
import { services } from '$lib/server/services';
import { versionQuery } from '../../../query';

/** The bytes of an artifact; `?version=`, else the latest; `?download` to save it. */
export const GET = handle(async (event) => {
	const { locals, params, url } = event;
	const { id } = clientOf(locals);
	const { artifacts, files } = services();
	const { version } = versionQuery.parse(Object.fromEntries(url.searchParams));
	const name = parseFileName(params.name ?? '');
	const file = await artifacts.find(id, parseRunId(params.run ?? ''), name, version);
	return fileResponse(event, file, files, { download: url.searchParams.has('download') });
});

export const HEAD = GET;

/** Deletes the artifact with all its versions. */
export const DELETE = handle(async ({ locals, params }) => {
	const { id } = clientOf(locals);
	const name = parseFileName(params.name ?? '');
	await services().artifacts.removeFile(id, parseRunId(params.run ?? ''), name);
	return new Response(null, { status: 204 });
});

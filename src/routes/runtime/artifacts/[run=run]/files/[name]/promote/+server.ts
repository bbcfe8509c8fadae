import { parseFileName } from '$lib/domain/file-name';
import { parseRunId } from '$lib/domain/ids';
import { clientOf, handle, json } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';
import { versionQuery } from '../../../../query';

/** Saves an artifact to the Library: 201, or 200 when it is there already. */
export const POST = handle(async ({ locals, params, url }) => {
	const { id } = clientOf(locals);
	const { version } = versionQuery.parse(Object.fromEntries(url.searchParams));
	const { file, created } = await services().artifacts.promote(
		id,
		parseRunId(params.run ?? ''),
		parseFileName(params.name ?? ''),
		version
	);
	return json(file, { status: created ? 201 : 200 });
});

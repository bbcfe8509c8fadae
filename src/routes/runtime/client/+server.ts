import { KEY_COOKIE } from '$lib/server/clients/key-cookie';
import { clientOf, handle, json } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

/** Who asks, what they use and what they may use. */
export const GET = handle(async ({ locals }) => {
	const { id, createdAt } = clientOf(locals);
	const { artifacts, config, library } = services();
	const { bytes, files } = await library.usage(id);
	return json({
		client_id: id,
		created_at: createdAt.toISOString(),
		usage: { library_bytes: bytes, artifact_bytes: (await artifacts.usage(id)).bytes, files },
		limits: {
			file_bytes: config.MAX_FILE_BYTES,
			library_bytes: config.LIBRARY_QUOTA_BYTES,
			artifact_bytes: config.ARTIFACT_QUOTA_BYTES
		}
	});
});

/** Removes files, runs, rows and the key itself. */
export const DELETE = handle(async ({ cookies, locals }) => {
	const { id } = clientOf(locals);
	await services().eraseClient(id);
	cookies.delete(KEY_COOKIE, { path: '/' });
	return new Response(null, { status: 204 });
});

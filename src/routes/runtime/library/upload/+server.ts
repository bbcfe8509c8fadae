import { parseOnConflict, receiveFiles } from '$lib/server/library/upload';
import { clientOf, handle, json, statusOf } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

/** Any number of files as multipart/form-data; the refusal's own status when every one was refused. */
export const POST = handle(async (event) => {
	const client = clientOf(event.locals);
	const onConflict = parseOnConflict(event.url.searchParams.get('on_conflict'));
	const { files, refused, firstRefusal } = await receiveFiles(
		services().library,
		client.id,
		event,
		onConflict
	);
	if (!firstRefusal || files.length > 0) return json({ files, refused }, { status: 201 });
	const { code, message } = firstRefusal;
	return json({ code, message, details: { refused }, files, refused }, { status: statusOf(code) });
});

import { z } from 'zod';
import { notFound } from '$lib/domain/errors';
import { parseFileName } from '$lib/domain/file-name';
import { parseOnConflict, receiveFile } from '$lib/server/library/upload';
import { clientOf, handle, json, readJson } from '$lib/server/platform/http/api';
import { fileResponse } from '$lib/server/platform/http/file-response';
import { services } from '$lib/server/services';

const renaming = z.strictObject({ name: z.string() });

/** The bytes of a private or shared file. */
export const GET = handle(async (event) => {
	const { locals, params, url } = event;
	const client = clientOf(locals);
	const { library, files } = services();
	const file = await library.find(client.id, parseFileName(params.name ?? ''));
	if (!file) throw notFound();
	return fileResponse(event, file, files, { download: url.searchParams.has('download') });
});

export const HEAD = GET;

/** One file as the raw body. */
export const PUT = handle(async (event) => {
	const client = clientOf(event.locals);
	const onConflict = parseOnConflict(event.url.searchParams.get('on_conflict')) ?? 'keep';
	const { library } = services();
	const file = await receiveFile(library, client.id, event, event.params.name ?? '', onConflict);
	return json(file, { status: 201 });
});

export const PATCH = handle(async (event) => {
	const client = clientOf(event.locals);
	const from = parseFileName(event.params.name ?? '');
	const to = parseFileName((await readJson(event, renaming)).name);
	return json(await services().library.rename(client.id, from, to));
});

export const DELETE = handle(async ({ locals, params }) => {
	const client = clientOf(locals);
	await services().library.remove(client.id, parseFileName(params.name ?? ''));
	return new Response(null, { status: 204 });
});

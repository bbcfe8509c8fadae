import { DomainError, notFound } from '$lib/domain/errors';
import { workflowSchema } from '$lib/domain/workflow';
import { versionTag, type WorkflowVersion } from '$lib/domain/workflow-version';
import { clientOf, handle, json, readJson } from '$lib/server/platform/http/api';
import { replaces } from '$lib/server/platform/http/precondition';
import { services } from '$lib/server/services';

const tagged = (version: WorkflowVersion) => ({ etag: `"${versionTag(version)}"` });

/** One stored workflow; one's own with the version it is as `ETag`. */
export const GET = handle(async ({ locals, params }) => {
	const client = clientOf(locals);
	const { workflows } = services();
	const own = await workflows.newest(client.id, params.id ?? '');
	if (own) return json(own.workflow, { headers: tagged(own) });
	const starter = await workflows.get(client.id, params.id ?? '');
	if (!starter) throw notFound();
	return json(starter);
});

/**
 * Stores a workflow under this id: 201 when it is new, 200 when it replaces one. With `If-Match` only
 * over that version, with `If-None-Match: *` only where there is none: else 409, unless exactly this is
 * stored already.
 */
export const PUT = handle(async (event) => {
	const client = clientOf(event.locals);
	const workflow = await readJson(event, workflowSchema);
	const id = event.params.id ?? '';
	if (workflow.id !== id)
		throw new DomainError(
			'invalid',
			`The workflow calls itself "${workflow.id}", the address "${id}": make them the same.`,
			[{ workflow_id: workflow.id, problem: 'other_id' }]
		);
	const over = replaces(event.request);
	const { done, version } = await services().workflows.put(client.id, workflow, over);
	return json(workflow, { status: done === 'created' ? 201 : 200, headers: tagged(version) });
});

export const DELETE = handle(async ({ locals, params }) => {
	const client = clientOf(locals);
	await services().workflows.remove(client.id, params.id ?? '');
	return new Response(null, { status: 204 });
});

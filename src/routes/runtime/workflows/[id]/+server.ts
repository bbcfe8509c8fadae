import { DomainError, notFound } from '$lib/domain/errors';
import { workflowSchema } from '$lib/domain/workflow';
import { clientOf, handle, json, readJson } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

/** One stored workflow. */
export const GET = handle(async ({ locals, params }) => {
	const client = clientOf(locals);
	const workflow = await services().workflows.get(client.id, params.id ?? '');
	if (!workflow) throw notFound();
	return json(workflow);
});

/** Stores a workflow under this id: 201 when it is new, 200 when it replaces one. */
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
	const done = await services().workflows.put(client.id, workflow);
	return json(workflow, { status: done === 'created' ? 201 : 200 });
});

export const DELETE = handle(async ({ locals, params }) => {
	const client = clientOf(locals);
	await services().workflows.remove(client.id, params.id ?? '');
	return new Response(null, { status: 204 });
});

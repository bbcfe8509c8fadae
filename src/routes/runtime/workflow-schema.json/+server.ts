import { workflowJsonSchema } from '$lib/domain/workflow-schema';
import { handle } from '$lib/server/platform/http/api';

/** What a workflow is, for editors and scripts; the same for everybody, so it needs no client. */
export const GET = handle(
	() =>
		new Response(JSON.stringify(workflowJsonSchema(), null, '\t'), {
			headers: {
				'content-type': 'application/schema+json',
				'cache-control': 'public, max-age=300'
			}
		})
);

import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { DomainError } from '$lib/domain/errors';
import { parseRunId } from '$lib/domain/ids';
import { runOfWorkflow } from '$lib/domain/run-workflow';
import { startSchema } from '$lib/domain/workflow';
import { services } from '$lib/server/services';
import { textList } from './fields';
import { action } from './form';

const startForm = z.object({
	workflow_id: z.string({ error: 'Choose a workflow.' }).min(1, 'Choose a workflow.'),
	user_directive: z
		.string()
		.max(50_000, 'The directive can have at most 50,000 characters.')
		.default(''),
	attached_files: textList
});

/** Starts a run and shows it: the page follows it in place, a browser without scripts goes there. */
export const start = action('start', startForm, async ({ client, input }) => {
	const directive = input.user_directive.trim();
	if (directive === '' && input.attached_files.length === 0)
		throw new DomainError(
			'invalid',
			'There is nothing to work on yet: write a directive, or attach a file from the Library.'
		);
	// A workflow that is not stored is taken from the run that had it.
	const run = runOfWorkflow(input.workflow_id);
	const workflow =
		run === null
			? { id: input.workflow_id }
			: await services().runs.config(client.id, parseRunId(run));
	const request = startSchema.parse({
		...workflow,
		user_directive: directive,
		attached_files: input.attached_files
	});
	redirect(303, `/runs/${await services().engine.start(client.id, request)}`);
});

import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { DomainError } from '$lib/domain/errors';
import { parseRunId, shortId } from '$lib/domain/ids';
import { runOfWorkflow } from '$lib/domain/run-workflow';
import { startSchema } from '$lib/domain/workflow';
import { services } from '$lib/server/services';
import { ask, done } from '$lib/components/console/answer';
import { confirmed, optional, runId, textList } from './fields';
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

export const stop = action('stop', z.object({ run_id: runId }), async ({ client, input }) => {
	await services().engine.stop(client.id, input.run_id);
	redirect(303, `/runs/${input.run_id}`);
});

/** Goes on with an ended run; with a step named, tries that one and what depends on it. */
export const resume = action(
	'resume',
	z.object({ run_id: runId, agent_id: optional(z.string()) }),
	async ({ client, input }) => {
		await services().engine.resume(client.id, input.run_id, input.agent_id);
		redirect(303, `/runs/${input.run_id}`);
	}
);

/** Deletes what a run made; the run's own log stays readable. */
export const deleteRun = action(
	'deleteRun',
	z.object({ run_id: runId, confirmed }),
	async ({ client, input: { run_id, confirmed } }) => {
		if (!confirmed)
			return ask({
				title: `Delete the artifacts of run ${shortId(run_id)}?`,
				message: 'All of them are deleted for good. Copies in the Library stay.',
				label: 'Delete',
				fields: { run_id }
			});
		await services().artifacts.removeRun(client.id, run_id);
		return done(`Deleted the artifacts of run ${shortId(run_id)}.`);
	}
);

/** Deletes the run with everything it left: its log, its session, its artifacts. */
export const removeRun = action(
	'remove',
	z.object({ run_id: runId, confirmed }),
	async ({ client, input: { run_id, confirmed } }) => {
		if (!confirmed)
			return ask({
				title: `Delete run ${shortId(run_id)}?`,
				message: 'Its log and all its artifacts are deleted for good. Copies in the Library stay.',
				label: 'Delete',
				fields: { run_id }
			});
		await services().runs.remove(client.id, run_id);
		redirect(303, '/runs');
	}
);

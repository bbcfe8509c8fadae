import { z } from 'zod';
import { draftOf } from '$lib/client/workflow-form';
import { planSchema } from '$lib/domain/workflow';
import { whileConnected } from '$lib/server/platform/http/connected';
import { services } from '$lib/server/services';
import { textList } from './fields';
import { action } from './form';
import { drafted } from './workflows';

const planForm = z.object({
	user_directive: z
		.string()
		.trim()
		.min(1, 'Write a directive first: the plan is made for it.')
		.max(50_000, 'The directive can have at most 50,000 characters.'),
	attached_files: textList
});

/** Has a model propose a workflow; it is shown for editing, and nothing of it is started or stored. */
export const plan = action('plan', planForm, async ({ client, input, event }) => {
	const request = planSchema.parse(input);
	const { planner } = services();
	const proposed = await whileConnected(event, (signal) =>
		planner.plan(client.id, request, signal)
	);
	return drafted({ ...draftOf(proposed), id: '' }, request.user_directive, request.attached_files);
});

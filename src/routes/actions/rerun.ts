import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { rerunSchema } from '$lib/domain/workflow';
import { services } from '$lib/server/services';
import { optional, runId, textList } from './fields';
import { action } from './form';

const positive = (what: string) =>
	optional(z.coerce.number({ error: `${what} is a number.` }).positive(`${what} is above zero.`));

const changes = z.object({
	run_id: runId,
	user_directive: z.string().max(50_000, 'The directive can have at most 50,000 characters.'),
	attached_files: textList,
	max_token_budget: positive('The token budget'),
	max_cost_usd: positive('The cost budget')
});

/** Makes a new run of an old one; what is unchanged is taken over. */
export const rerun = action('rerun', changes, async ({ client, input: { run_id, ...changed } }) => {
	const request = rerunSchema.parse({ ...changed, user_directive: changed.user_directive.trim() });
	redirect(303, `/runs/${await services().engine.rerun(client.id, run_id, request)}`);
});

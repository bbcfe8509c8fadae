import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { decisionSchema } from '$lib/domain/workflow';
import { services } from '$lib/server/services';
import { optional, runId } from './fields';
import { action } from './form';

const decision = z.object({
	run_id: runId,
	agent_id: z.string({ error: 'The form does not name an agent.' }),
	approved: z.enum(['true', 'false'], { error: 'Approve or refuse.' }),
	note: z.string().max(5000, 'The note can have at most 5,000 characters.').default(''),
	turn: z.coerce.number().int().min(0),
	call_id: optional(z.string())
});

/** A person's decision on exactly what the form showed; a request for anything else stays open. */
export const approve = action('approve', decision, async ({ client, input, event }) => {
	const { run_id, approved, note, call_id, ...asked } = input;
	const request = decisionSchema.parse({
		...asked,
		approved: approved === 'true',
		...(note.trim() === '' ? {} : { note }),
		...(call_id === undefined ? {} : { call_id })
	});
	await services().engine.approve(client.id, run_id, request);
	redirect(303, event.url.pathname === '/' ? `/?run=${run_id}` : `/runs/${run_id}`);
});

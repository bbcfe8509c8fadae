import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { readWorkflow } from '$lib/client/workflow-import';
import { DomainError } from '$lib/domain/errors';
import { action } from './form';
import { storeImported } from './store-workflow';

/** Stores a workflow from a file or from text; what is wrong with it is said line by line. */
export const importWorkflow = action(
	'import',
	z.object({ text: z.string().default('') }),
	async ({ client, input, form }) => {
		const file = form.get('file');
		const chosen = file instanceof File && file.size > 0 ? file : null;
		const text = chosen ? await chosen.text() : input.text;
		if (text.trim() === '')
			throw new DomainError('invalid', 'Choose a file, or paste what is in it.');
		const { config, problems } = readWorkflow(text);
		if (problems) throw new DomainError('invalid', problems.join('\n'));
		const id = await storeImported(client.id, config);
		redirect(303, `/workflows/${encodeURIComponent(id)}`);
	}
);

import type { SubmitFunction } from '@sveltejs/kit';
import { confirm, type Question } from '$lib/components/ui/confirm.svelte';

/** For `use:enhance`: asks in a dialog what the server would otherwise ask on a page of its own. */
export function confirmed(question: Question): SubmitFunction {
	return async ({ formData, cancel }) => {
		if (await confirm(question)) formData.set('confirmed', '1');
		else cancel();
	};
}

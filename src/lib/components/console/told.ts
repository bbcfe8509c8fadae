import type { SubmitFunction } from '@sveltejs/kit';
import { applyAction } from '$app/forms';
import { invalidateAll } from '$app/navigation';
import { toast } from '$lib/components/ui/toasts.svelte';
import type { Done } from './answer';
import { problemOf } from './run-controls';

/**
 * For `use:enhance` of a form in the middle of a page: a toast says what came of it, with the way to
 * it, instead of a notice on top of the page. `ask` may cancel; `gone` is said of what led elsewhere.
 */
export function told({ ask, gone }: { ask?: SubmitFunction; gone?: string } = {}): SubmitFunction {
	return async (input) => {
		await ask?.(input);
		return async ({ result }) => {
			const problem = problemOf(result);
			if (problem !== null) return toast({ tone: 'error', message: problem });
			if (result.type === 'redirect') {
				await applyAction(result);
				if (gone !== undefined) toast({ tone: 'success', message: gone });
				return;
			}
			await invalidateAll();
			if (result.type === 'success' && isDone(result.data)) sayDone(result.data);
		};
	};
}

function sayDone({ message, link }: Done): void {
	const way = link ? { href: link.href, linkText: link.text } : {};
	toast({ tone: 'success', message, ...way });
}

function isDone(data: unknown): data is Done {
	return typeof data === 'object' && data !== null && 'kind' in data && data.kind === 'done';
}

import { markOf } from '$lib/client/status';
import { toast } from '$lib/components/ui/toasts.svelte';
import { shortId } from '$lib/domain/ids';
import type { RunView } from '$lib/domain/run-event';

/** Says that a run has begun, with the way to its page. */
export function tellStart(runId: string): void {
	toast({
		message: `Run ${shortId(runId)} was started.`,
		href: `/runs/${runId}`,
		linkText: 'Its page'
	});
}

/** Says how the run on screen has ended, with the way to its page unless told another. */
export function tellEnd(
	run: Pick<RunView, 'run_id' | 'status'>,
	way = { href: `/runs/${run.run_id}`, text: 'Its page' }
): void {
	toast({
		tone: run.status === 'completed' ? 'success' : 'info',
		message: `Run ${shortId(run.run_id)} has ended: ${markOf(run.status).word}.`,
		href: way.href,
		linkText: way.text
	});
}

import { outlineOf } from '$lib/client/run-outline';
import { DomainError } from '$lib/domain/errors';
import { isRunId, type ClientId } from '$lib/domain/ids';
import { isActive } from '$lib/domain/run';
import type { RunView } from '$lib/domain/run-event';
import { replay } from '$lib/server/runs/replay';
import { services } from '$lib/server/services';

/** The run that the address names, or the newest active one. */
export async function currentRun(client: ClientId, asked: string | null): Promise<RunView | null> {
	const { runs, events } = services();
	if (asked !== null && isRunId(asked)) {
		try {
			runs.requireOwn(client, asked);
			return outlineOf(replay(events, asked), null);
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
		}
	}
	const { runs: newest } = await runs.list(client, { limit: 20 });
	const active = newest.find((run) => isActive(run.status));
	return active && isRunId(active.run_id) ? outlineOf(replay(events, active.run_id), null) : null;
}

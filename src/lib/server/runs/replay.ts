import type { RunId } from '../../domain/ids';
import { emptyView, type RunEvent, type RunView } from '../../domain/run-event';
import { apply } from '../../domain/run-view';

interface Log {
	read(run: RunId, after: number, limit: number): RunEvent[];
}

const PAGE = 1000;

/** What the run's log says up to now, as the screen shows it. Asks nobody whose run it is. */
export function replay(log: Log, run: RunId): RunView {
	const view = emptyView(run);
	let events: RunEvent[];
	do {
		events = log.read(run, view.last_event, PAGE);
		for (const event of events) apply(view, event);
	} while (events.length === PAGE);
	return view;
}

import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { RunId } from '../../domain/ids';
import type { NewRunEvent, RunEvent } from '../../domain/run-event';
import type { Db } from '../db/client';
import { runEvents } from '../db/schema';

export interface RunEventLog {
	/** Numbers and stores the events; only inside a write unit. Subscribers hear of it after the flush. */
	append(runId: RunId, events: NewRunEvent[]): void;
	/** At most `limit` events with a number above `after`, in order. */
	read(run: RunId, after: number, limit: number): RunEvent[];
	/** Calls back after events of this run were stored; returns how to stop that. */
	subscribe(run: RunId, onAppend: () => void): () => void;
	/** Wakes the run's subscribers although nothing was appended: the run is gone. */
	notify(run: RunId): void;
}

export function createEventLog(deps: { db: Db; now: () => Date }): RunEventLog {
	const { db, now } = deps;
	const p = sql.placeholder;
	// Every step of every run passes here, hence the bare statements.
	const reserve = db.raw.prepare<[count: number, run: string], { last: number }>(
		'update runs set last_event = last_event + ? where id = ? returning last_event as last'
	);
	const insert = db.raw.prepare<
		[run: string, seq: number, type: string, agent: string | null, at: number, data: string]
	>('insert into run_events (run_id, seq, type, agent_id, at, data) values (?, ?, ?, ?, ?, ?)');
	const select = db.q
		.select()
		.from(runEvents)
		.where(and(eq(runEvents.runId, p('run')), gt(runEvents.seq, p('after'))))
		.orderBy(asc(runEvents.seq))
		.limit(p('limit'))
		.prepare();

	const subscribers = new Map<RunId, Set<() => void>>();
	const changed = new Set<RunId>();
	let scheduled = false;

	/** After this turn of the event loop, hence after the flush that the unit is part of. */
	function notifyLater(run: RunId): void {
		if (!subscribers.has(run)) return;
		changed.add(run);
		if (scheduled) return;
		scheduled = true;
		setImmediate(() => {
			scheduled = false;
			const due = [...changed];
			changed.clear();
			for (const id of due) for (const wake of subscribers.get(id) ?? []) wake();
		});
	}

	return {
		append(runId, events) {
			if (events.length === 0) return;
			const last = reserve.get(events.length, runId)?.last;
			if (last === undefined) throw new Error(`Run ${runId} is gone; its events have no log.`);
			const at = now().getTime();
			let seq = last - events.length;
			for (const { type, agent_id, data } of events)
				insert.run(runId, ++seq, type, agent_id ?? null, at, JSON.stringify(data));
			notifyLater(runId);
		},
		read(run, after, limit) {
			return select.all({ run, after, limit }).map(toEvent);
		},
		subscribe(run, onAppend) {
			const own = subscribers.get(run) ?? new Set();
			subscribers.set(run, own.add(onAppend));
			return () => {
				own.delete(onAppend);
				if (own.size === 0 && subscribers.get(run) === own) subscribers.delete(run);
			};
		},
		notify: notifyLater
	};
}

function toEvent(row: typeof runEvents.$inferSelect): RunEvent {
	return {
		seq: row.seq,
		run_id: row.runId,
		at: row.at.toISOString(),
		...(row.agentId === null ? {} : { agent_id: row.agentId }),
		type: row.type,
		data: row.data
		// Only `append` writes this table, and it takes nothing but events.
	} as RunEvent;
}

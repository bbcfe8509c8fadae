import type Database from 'better-sqlite3';

/**
 * Runs `unit` inside a transaction and resolves with what it returned once it is on disk.
 * Units that arrive in the same turn of the event loop share one transaction and one flush, in the
 * order they arrived; a unit that throws is rolled back alone and rejects alone. What a unit itself
 * hands in joins the flush that is going on, after the units that were there before.
 * `unit` is synchronous: a transaction never waits for anything.
 */
export type Write = <T>(unit: () => T) => Promise<T>;

interface Pending {
	run: () => void;
	settle: (flushError: unknown) => void;
}

export function createWriter(raw: Database.Database): {
	write: Write;
	/** Resolves when everything handed in so far is on disk or refused. */
	idle(): Promise<void>;
} {
	let queue: Pending[] = [];
	let scheduled = false;
	const begin = raw.prepare('begin immediate');
	const commit = raw.prepare('commit');
	const rollback = raw.prepare('rollback');
	const savepoint = raw.prepare('savepoint unit');
	const release = raw.prepare('release unit');
	const undo = raw.prepare('rollback to unit');

	function flush(): void {
		const batch = queue;
		let flushError: unknown = null;
		try {
			begin.run();
			// Also goes through those that are added on the way.
			for (const unit of batch) unit.run();
			commit.run();
		} catch (error) {
			flushError = error;
			if (raw.inTransaction) rollback.run();
		}
		queue = [];
		scheduled = false;
		for (const unit of batch) unit.settle(flushError);
	}

	const write: Write = (unit) =>
		new Promise((resolve, reject) => {
			let outcome: { value: ReturnType<typeof unit> } | { error: unknown };
			queue.push({
				run() {
					savepoint.run();
					try {
						outcome = { value: unit() };
					} catch (error) {
						outcome = { error };
						undo.run();
					}
					release.run();
				},
				settle(flushError) {
					if (flushError !== null) reject(flushError);
					else if ('error' in outcome) reject(outcome.error);
					else resolve(outcome.value);
				}
			});
			if (!scheduled) {
				scheduled = true;
				setImmediate(flush);
			}
		});

	return {
		write,
		idle: () => write(() => undefined)
	};
}

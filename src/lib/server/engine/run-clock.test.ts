import { afterEach, beforeEach, expect, test } from 'vitest';
import { gate, openStage, request, until } from './testing';
import { createRunClock } from './run-clock';
import { createRunStore } from './run-store';
import { runs } from '../db/schema';

let stage: ReturnType<typeof openStage>;

beforeEach(() => {
	stage = openStage();
});
afterEach(() => stage.close());

test('R20 R18 a clock that stands still does not strike, and goes on from where it stood', async () => {
	const client = await stage.addClient();
	const engine = stage.openEngine();
	const id = await engine.start(client, request({ a: [] }));
	await engine.over(client, id);
	const at = new Date('2026-03-01T00:00:00Z');
	const store = createRunStore(stage.db, () => at);
	const set = (row: Partial<typeof runs.$inferInsert>) =>
		stage.db.write(() => stage.db.q.update(runs).set(row).run());
	const run = store.load(id);
	if (!run) throw new Error('no run');
	const up = gate();
	let struck = false;
	const clock = createRunClock({
		runs: store,
		limitMs: 60_000,
		timeUp: () => {
			struck = true;
			up.open();
		}
	});
	const startedAt = new Date(at.getTime() - 100_000);
	// 100 s ago it began, 40 s of them it waited, and it has waited again since 1 s ago.
	await set({ startedAt, waitedMs: 40_030, waitingSince: new Date(at.getTime() - 1_000) });
	expect(store.clock(id)).toEqual({ elapsedMs: 58_970, standsStill: true });
	clock.start(run, 59_970);
	clock.adjust(run);
	const later = performance.now() + 100;
	await until(() => performance.now() > later);
	expect([struck, run.asking]).toEqual([false, true]);

	await set({ waitingSince: null });
	expect(store.clock(id)).toEqual({ elapsedMs: 59_970, standsStill: false });
	clock.adjust(run);
	await up.opened;
	expect(run.halt).toEqual({
		code: 'run_timeout',
		message: 'The run took longer than 60 seconds.'
	});
});

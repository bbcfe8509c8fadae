import type { ActiveRun } from './active-run';
import { MAX_TIMER_MS } from './interrupt';
import type { RunStore } from './run-store';

/** The time limits of runs. */
export interface RunClock {
	/** The run's time goes on from `elapsedMs`. */
	start(run: ActiveRun, elapsedMs: number): void;
	/** As the run's row says: on from there, or standing still while it waits for a person. */
	adjust(run: ActiveRun): void;
}

/** @param timeUp the run's time is over: `halt` says so */
export function createRunClock(bound: {
	runs: Pick<RunStore, 'clock'>;
	limitMs: number;
	timeUp(run: ActiveRun): void;
}): RunClock {
	function start(run: ActiveRun, elapsedMs: number): void {
		clearTimeout(run.timer);
		const limitMs = Math.min(bound.limitMs, run.workflow.timeout_ms ?? Infinity);
		const left = Math.min(Math.max(0, limitMs - elapsedMs), MAX_TIMER_MS);
		run.timer = setTimeout(() => {
			const message = `The run took longer than ${limitMs / 1000} seconds.`;
			run.halt = { code: 'run_timeout', message };
			bound.timeUp(run);
		}, left);
		run.timer.unref();
	}

	return {
		start,
		adjust(run) {
			const { elapsedMs, standsStill } = bound.runs.clock(run.id);
			run.asking = standsStill;
			if (standsStill) clearTimeout(run.timer);
			else start(run, elapsedMs);
		}
	};
}

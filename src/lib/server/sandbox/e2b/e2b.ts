import { DomainError } from '../../../domain/errors';
import type { Log } from '../../platform/log';
import type { Sandbox, SandboxEnd, SandboxJob, SandboxResult } from '../sandbox';
import type { Box } from './box';
import { createBoxes } from './boxes';
import { NotReady, runCall } from './call';
import { createClient, type ClientOptions } from './client';
import type { Times } from './create';
import { createDigests } from './digests';
import { guideFor, installed, PACKAGES, type Installed } from './guide';
import { END, PROBE, python } from './programs';
import { ask } from './trusted';
import { SandboxLost, unavailable } from './trouble';

export interface E2bOptions extends ClientOptions {
	template: string;
	/** The same at every start of this deployment, and another one's differs. */
	instance: string;
	log: Log;
	now: () => Date;
	newId: () => string;
	/** Tests are less patient. */
	times?: Partial<Times>;
}

const TIMES: Times = {
	lifeMs: 600_000,
	createEveryMs: 1100,
	retryMs: [500, 2000],
	orphanMs: [1000, 10_000, 60_000]
};

const LOST =
	'The E2B sandbox of this run was lost: it reached its end of life or was stopped. The run’s files are safe; run the code again: it gets a new sandbox.';

/**
 * Code runs at E2B, in one sandbox for each run, which sees copies of the run's files. Only what the code
 * is given leaves this machine: its text and the files of the run. Calls of a run share the machine, not
 * the working folder.
 */
export function createE2bSandbox(options: E2bOptions): Sandbox {
	const { template, log, newId } = options;
	const times = { ...TIMES, ...options.times };
	const stopping = new AbortController();
	const running = new Set<Promise<unknown>>();
	const digestOf = createDigests();
	let known: Installed | null = null;
	const load = createClient(options);
	const boxes = createBoxes({ ...options, load, times, opened });

	/** Before agents' code runs there: what a crash left running is ended, what is installed is asked. */
	async function opened(box: Box): Promise<void> {
		if (box.found) {
			const leftovers = python(END, '');
			await box.sandbox.commands.run(leftovers, { timeoutMs: 10_000, cwd: '/' });
		}
		if (known) return;
		try {
			const command = python(PROBE, ...PACKAGES);
			known = await ask(box, command, installed, times.retryMs, stopping.signal);
		} catch (error) {
			log.warn({ err: error }, 'could not ask a sandbox at E2B what is installed');
		}
	}

	async function execute(job: SandboxJob, signal: AbortSignal): Promise<SandboxResult> {
		const began = performance.now();
		for (let attempt = 0; ; attempt++) {
			let box: Box | null = null;
			let repeatable = true;
			try {
				box = await boxes.acquire(job.runId, job.internet === true, signal);
				return await inside(box, job, signal, () => (repeatable = false));
			} catch (error) {
				const ms = Math.round(performance.now() - began);
				if (signal.aborted) return without('cancelled', 'The call was cancelled.', ms);
				if (error instanceof NotReady) return without('timeout', notReady(job), ms);
				if (!(error instanceof SandboxLost))
					throw error instanceof DomainError ? error : unavailable((await load()).sdk, error);
				if (box) await boxes.discard(job.runId, box);
				log.warn({ run_id: job.runId, repeatable }, 'the sandbox of a run was lost');
				if (!repeatable || attempt > 0)
					throw new DomainError('unavailable', LOST, undefined, { cause: error });
			}
		}
	}

	async function inside(box: Box, job: SandboxJob, signal: AbortSignal, beginning: () => void) {
		const leave = await box.enter(signal);
		const beat = setInterval(
			() => boxes.own(box.extend(), 'lengthening the life of a sandbox'),
			times.lifeMs / 3
		);
		try {
			await box.extend();
			const abandon = () => boxes.own(boxes.discard(job.runId, box), 'ending a sandbox');
			const { retryMs } = times;
			return await runCall(box, job, signal, { digestOf, newId, retryMs, abandon, beginning });
		} finally {
			clearInterval(beat);
			leave();
		}
	}

	return {
		kind: 'e2b',
		describe: () => ({
			kind: 'e2b',
			detail: `Code runs in sandboxes of E2B, away from this machine (template ${template}).`
		}),
		guide: (language) => guideFor(language, known),
		run(job, signal) {
			const work = execute(job, AbortSignal.any([signal, stopping.signal]));
			running.add(work);
			return work.finally(() => running.delete(work));
		},
		release: boxes.release,
		// In the background: E2B may be slow or away, and the app starts all the same.
		async reap(activeRunIds) {
			boxes.own(boxes.reap(activeRunIds), 'ending sandboxes that were left behind');
		},
		async stop() {
			stopping.abort();
			await Promise.allSettled(running);
			await boxes.stop();
		}
	};
}

function notReady(job: SandboxJob): string {
	const bytes = job.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
	const size = `${job.files.length} files, ${Math.ceil(bytes / 1e6)} MB`;
	return `The sandbox was not ready within ${job.timeoutMs / 1000} s (${size} are brought there). What has arrived stays there: run the code again.`;
}

function without(reason: SandboxEnd, error: string, durationMs: number): SandboxResult {
	const nothing = { stdout: '', stderr: '', files: [], refused: [] };
	return { ok: false, error, reason, durationMs, ...nothing };
}

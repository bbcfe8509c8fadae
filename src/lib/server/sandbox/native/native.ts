import { DomainError } from '../../../domain/errors';
import type { Log } from '../../platform/log';
import { runProcess } from '../process';
import { createQueue } from '../queue';
import type { Sandbox, SandboxInput, SandboxJob, SandboxResult } from '../sandbox';
import { cancelledBeforeStart } from '../cancelled';
import { INPUT_BYTES, nativeJobCommand } from './command';
import { findInterpreter } from './interpreter';
import { nativeGuide } from './native-guide';

interface Deps {
	/** Runs the other language; stopped with this sandbox. */
	javascript: Sandbox;
	log: Log;
	/** Python jobs at once. */
	concurrency: number;
	/** How the interpreter is found. */
	find?: typeof findInterpreter;
}

/**
 * Python is the system's own, in bubblewrap with a seccomp filter, resource limits and a user without
 * rights. Resolves when it is known whether that works here and what can be imported; where it does
 * not, the sandbox is off and says why.
 */
export async function createNativeSandbox({
	javascript,
	log,
	concurrency,
	find = findInterpreter
}: Deps): Promise<Sandbox> {
	const queue = createQueue(concurrency);
	const stopping = new AbortController();
	const running = new Set<Promise<unknown>>();
	const found = await find(stopping.signal);
	if ('problem' in found)
		log.error({ problem: found.problem }, 'SANDBOX=native does not work here');
	else log.info({ ...found }, 'native sandbox is ready');
	const off =
		'problem' in found
			? `Code tools are off: SANDBOX=native cannot start Python in bubblewrap here (${found.problem}).`
			: null;

	async function execute(job: SandboxJob, signal: AbortSignal): Promise<SandboxResult> {
		if ('problem' in found) throw new DomainError('unavailable', off ?? found.problem);
		const both = AbortSignal.any([signal, stopping.signal]);
		let leave: () => void;
		try {
			leave = await queue.enter(both);
		} catch {
			return cancelledBeforeStart();
		}
		try {
			const { shown, left } = fitting(job);
			const command = nativeJobCommand(shown, found.dropsUser);
			const ran = await runProcess(command, '/', { ...job, files: shown }, both);
			if (!ran.started && ran.result.reason === 'crashed')
				log.error({ diagnosis: ran.diagnosis, run: job.runId }, 'a sandbox process did not start');
			return withNotes(ran.result, left);
		} finally {
			leave();
		}
	}

	return {
		kind: off ? 'off' : 'native',
		describe() {
			if ('problem' in found) return { kind: 'off', detail: off ?? found.problem };
			return {
				kind: 'native',
				detail: `Python is the system’s ${found.python}, inside bubblewrap with a seccomp filter. JavaScript: ${javascript.describe().detail}`
			};
		},
		guide(language) {
			if ('problem' in found) return null;
			return language === 'python' ? nativeGuide(found) : javascript.guide(language);
		},
		run(job, signal) {
			if (!off && job.language === 'javascript') return javascript.run(job, signal);
			const work = execute(job, signal);
			running.add(work);
			return work.finally(() => running.delete(work));
		},
		// Nothing outlives a call.
		async release() {},
		async reap() {},
		async stop() {
			stopping.abort();
			await Promise.allSettled(running);
			await javascript.stop();
		}
	};
}

/** The inputs that fit into memory together: those that the code names first, then the smallest. */
function fitting({ code, files }: SandboxJob): { shown: SandboxInput[]; left: SandboxInput[] } {
	const named = (file: SandboxInput) => (code.includes(file.name) ? 0 : 1);
	const order = [...files].sort((a, b) => named(a) - named(b) || a.sizeBytes - b.sizeBytes);
	let bytes = 0;
	const left = order.filter((file) => {
		if (bytes + file.sizeBytes > INPUT_BYTES) return true;
		bytes += file.sizeBytes;
		return false;
	});
	return { shown: files.filter((file) => !left.includes(file)), left };
}

function withNotes(result: SandboxResult, left: SandboxInput[]): SandboxResult {
	if (left.length === 0) return result;
	const limit = INPUT_BYTES / (1024 * 1024);
	const names = left.map(({ name }) => name).join(', ');
	const note = `Not shown, because inputs together may have ${limit} MB here: ${names}. Use read_file for parts of them.`;
	return { ...result, stderr: [result.stderr.trimEnd(), note].filter(Boolean).join('\n') + '\n' };
}

import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '../../domain/errors';
import type { Log } from '../platform/log';
import { cancelledBeforeStart } from './cancelled';
import { guideFor } from './guide';
import { jobCommand, snapshotCommand, type Launcher, type PackageLoad } from './launcher';
import { LIMITS } from './limits';
import { readableCopy as copyPackages, type InstalledPackages } from './packages/installed';
import { packagesIn } from './packages/needed';
import { probeLaunchers } from './probe';
import { endProcess, launch, runProcess, type ProcessRun } from './process';
import { createQueue } from './queue';
import { installRuntime, type Runtime } from './runtime';
import type { Sandbox, SandboxDescription, SandboxJob, SandboxResult } from './sandbox';
import { untilAborted } from './until-aborted';

interface Deps {
	/** Folder for what can be made again: runner and memory snapshot. */
	cache: string;
	log: Log;
	/** Jobs at once. */
	concurrency: number;
	/** Tests choose a tier; otherwise the strongest that works here. */
	tier?: 'wrapped' | 'plain';
	/** Python packages beside the standard library. */
	packages?: InstalledPackages | null;
}

/** For measurements: how the last process started. */
export interface LocalSandbox extends Sandbox {
	/** Resolves when it is known what works here. */
	ready(): Promise<SandboxDescription>;
	readonly last: Pick<ProcessRun, 'readyMs' | 'peakBytes'> | null;
}

type Prepared = { runtime: Runtime; launcher: Launcher } | { problem: string };

const DETAIL = {
	wrapped:
		'Code runs in a Deno process without permissions, inside bubblewrap with a seccomp filter.',
	plain:
		'Code runs in a Deno process without permissions. bubblewrap would add a second wall; it is not usable here.'
};

/**
 * A fresh Deno process without permissions for each job; Python is Pyodide, files pass through pipes.
 * Nothing is probed on the caller's time: `run` waits for the probe, `describe` says what is known.
 */
export function createLocalSandbox({
	cache,
	log,
	concurrency,
	tier,
	packages = null
}: Deps): LocalSandbox {
	const queue = createQueue(concurrency);
	const stopping = new AbortController();
	const running = new Set<Promise<unknown>>();
	let last: ProcessRun | null = null;
	let known: Prepared | null = null;
	let snapshot: Promise<string | null> | null = null;
	let offered = packages;
	const prepared = prepare();

	async function prepare(): Promise<Prepared> {
		try {
			await fs.mkdir(cache, { recursive: true, mode: 0o750 });
			const runtime = installRuntime(cache);
			await sharePackages(runtime);
			const launcher = await probeLaunchers(runtime, tier, stopping.signal, log);
			known = launcher
				? { runtime, launcher }
				: { problem: `Deno does not start on this machine${tier ? ` as ${tier}` : ''}` };
		} catch (error) {
			known = { problem: error instanceof Error ? error.message : String(error) };
		}
		if ('problem' in known) log.warn({ problem: known.problem }, 'code tools are off');
		else log.info({ tier: known.launcher.tier }, 'local sandbox is ready');
		return known;
	}

	/** Puts the packages where sandbox processes can read them. */
	async function sharePackages({ readable, snapshots }: Runtime): Promise<void> {
		if (!offered || readable === snapshots) return;
		try {
			offered = await copyPackages(offered, readable);
		} catch (error) {
			offered = null;
			log.error({ err: error }, 'Python packages could not be copied and are not offered');
		}
	}

	/** What of the packages a job needs; null when nothing. */
	function packagesFor({ language, code }: SandboxJob): PackageLoad | null {
		if (!offered || language !== 'python') return null;
		const names = packagesIn(code, offered);
		const modules = Object.values(offered.lock.packages).flatMap(({ imports }) => imports);
		return { folder: offered.folder, names, modules };
	}

	/** Path of the memory snapshot; null when there can be none and Python starts cold. */
	async function makeSnapshot({ runtime, launcher }: { runtime: Runtime; launcher: Launcher }) {
		const kept = path.join(runtime.snapshots, runtime.snapshotName);
		try {
			await fs.access(kept);
		} catch {
			const fresh = path.join(runtime.snapshots, `.${randomUUID()}`);
			const child = launch(snapshotCommand(runtime, fresh), runtime.empty);
			stopping.signal.addEventListener('abort', () => endProcess(child), { once: true });
			const limit = setTimeout(() => endProcess(child), LIMITS.startMs);
			let said = '';
			child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk).slice(-2000)));
			child.stdout?.resume();
			const code = await new Promise<number | null>((resolve) => {
				child.once('error', () => resolve(null));
				child.once('close', resolve);
			});
			clearTimeout(limit);
			if (code !== 0) {
				await fs.rm(fresh, { force: true });
				log.warn({ said }, 'no memory snapshot could be made: Python starts slowly');
				return null;
			}
			await fs.chmod(fresh, 0o440);
			await fs.rename(fresh, kept);
		}
		const usable = await readableCopy(kept, runtime);
		return (await isSound(usable, runtime, launcher)) ? usable : null;
	}

	/** The snapshot where sandbox processes can read it. */
	async function readableCopy(kept: string, { snapshots, readable }: Runtime): Promise<string> {
		if (readable === snapshots) return kept;
		const usable = path.join(readable, path.basename(kept));
		const same = await fs.stat(usable).catch(() => null);
		if (same?.size === (await fs.stat(kept)).size) return usable;
		const fresh = path.join(readable, `.${randomUUID()}`);
		await fs.copyFile(kept, fresh);
		await fs.chmod(fresh, 0o444);
		await fs.rename(fresh, usable);
		return usable;
	}

	async function isSound(file: string, runtime: Runtime, launcher: Launcher): Promise<boolean> {
		const hello: SandboxJob = {
			language: 'python',
			code: 'import csv, json, random\nprint(json.dumps({"n": 6 * 7}))',
			files: [],
			timeoutMs: LIMITS.startMs,
			runId: 'smoke-test'
		};
		const command = jobCommand(launcher, runtime, 'python', file);
		const { result } = await runProcess(command, runtime.empty, hello, stopping.signal);
		const sound = result.ok && result.stdout.trim() === '{"n": 42}';
		if (!sound)
			log.warn({ error: result.error }, 'the memory snapshot is unusable: Python starts slowly');
		return sound;
	}

	async function execute(job: SandboxJob, signal: AbortSignal): Promise<SandboxResult> {
		const ready = await prepared;
		if ('problem' in ready)
			throw new DomainError('unavailable', `Code cannot run here: ${ready.problem}.`);
		const both = AbortSignal.any([signal, stopping.signal]);
		let image: string | null = null;
		let leave: () => void;
		try {
			if (job.language === 'python') {
				snapshot ??= makeSnapshot(ready).catch((error: unknown) => {
					log.warn({ error }, 'no memory snapshot could be made: Python starts slowly');
					return null;
				});
				image = await untilAborted(snapshot, both);
			}
			leave = await queue.enter(both);
		} catch (error) {
			if (both.aborted) return cancelledBeforeStart();
			throw error;
		}
		try {
			const { runtime, launcher } = ready;
			const command = jobCommand(launcher, runtime, job.language, image, packagesFor(job));
			last = await runProcess(command, runtime.empty, job, both);
			if (!last.started && last.result.reason === 'crashed')
				log.error({ diagnosis: last.diagnosis, run: job.runId }, 'a sandbox process did not start');
			return last.result;
		} finally {
			leave();
		}
	}

	return {
		kind: 'local',
		get last() {
			return last;
		},
		async ready() {
			await prepared;
			return this.describe();
		},
		describe() {
			if (!known) return { kind: 'local', detail: 'The sandbox is being tried out.' };
			if ('problem' in known)
				return { kind: 'off', detail: `Code tools are off: ${known.problem}.` };
			return { kind: 'local', tier: known.launcher.tier, detail: DETAIL[known.launcher.tier] };
		},
		guide: (language) =>
			known && 'problem' in known ? null : guideFor(language, offered?.offered),
		run(job, signal) {
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
			await prepared;
			await snapshot;
		}
	};
}

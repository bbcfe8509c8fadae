import { spawn, type ChildProcess } from 'node:child_process';
import { createInputs } from './inputs';
import { LIMITS } from './limits';
import { residentBytes } from './memory';
import { createGathering } from './outcome';
import {
	createFrameReader,
	FRAME,
	MAX_READ_BYTES,
	packed,
	ProtocolError,
	type FrameType
} from './protocol';
import type { SandboxEnd, SandboxJob, SandboxResult } from './sandbox';

const WATCH_MS = 100;
const DIAGNOSIS_BYTES = 8000;
const MAX_UNREAD_BYTES = 4 * MAX_READ_BYTES;
const FRAME_LIMITS: Record<FrameType, number> = {
	[FRAME.ready]: 1000,
	[FRAME.stdout]: 64 * 1024,
	[FRAME.stderr]: 64 * 1024,
	[FRAME.read]: 16,
	[FRAME.file]: LIMITS.fileBytes + 70_000,
	[FRAME.refused]: 20_000,
	[FRAME.done]: 200_000
};

/** How a sandbox process is started. */
export interface Command {
	file: string;
	args: string[];
	env: Record<string, string>;
	uid?: number;
	/** Handed over as file descriptor 3. */
	seccomp: Buffer | null;
}

/** How a process started and ran, beside what the job gets. */
export interface ProcessRun {
	result: SandboxResult;
	/** False when it never came to read the job: nothing of it was executed. */
	started: boolean;
	readyMs: number | null;
	peakBytes: number;
	/** What Deno itself wrote, for the server's log. */
	diagnosis: string;
}

/** Starts a process in a group of its own, so that all of it can be ended at once. */
export function launch(command: Command, cwd: string): ChildProcess {
	const child = spawn(command.file, command.args, {
		stdio: ['pipe', 'pipe', 'pipe', command.seccomp ? 'pipe' : 'ignore'],
		cwd,
		detached: process.platform !== 'win32',
		env: command.env,
		...(command.uid === undefined ? {} : { uid: command.uid, gid: command.uid })
	});
	const filter = child.stdio[3];
	if (command.seccomp && filter && 'end' in filter) {
		filter.on('error', () => {});
		filter.end(command.seccomp);
	}
	child.stdin?.on('error', () => {});
	return child;
}

/** SIGKILL for the whole group; gone already is fine. */
export function endProcess(child: ChildProcess): void {
	if (child.pid === undefined) return;
	try {
		if (process.platform === 'win32') child.kill('SIGKILL');
		else process.kill(-child.pid, 'SIGKILL');
	} catch {
		// It ended by itself.
	}
}

/** Runs one job in one process and ends it, whatever it does. */
export async function runProcess(
	command: Command,
	cwd: string,
	job: SandboxJob,
	signal: AbortSignal
): Promise<ProcessRun> {
	const startedAt = performance.now();
	const elapsed = () => Math.round(performance.now() - startedAt);
	const inputs = createInputs(job.files);
	const gathering = createGathering();
	let ended: { reason: SandboxEnd; error: string } | null = null;
	let readyMs: number | null = null;
	let peakBytes = 0;
	let diagnosis = '';
	let reading = false;

	const child = launch(command, cwd);
	const end = (reason: SandboxEnd, error: string) => {
		if (!gathering.finished) ended ??= { reason, error };
		endProcess(child);
	};
	const onAbort = () => end('cancelled', 'The call was cancelled.');
	const limitS = Math.round(job.timeoutMs / 100) / 10;
	const timer = setTimeout(
		() => end('timeout', `The code did not finish within ${limitS} s and was ended.`),
		job.timeoutMs
	);
	const watch = setInterval(() => {
		if (child.pid === undefined) return;
		void residentBytes(child.pid).then((bytes) => {
			peakBytes = Math.max(peakBytes, bytes);
			if (bytes > LIMITS.residentBytes)
				end('memory', 'The code used more memory than the sandbox allows and was ended.');
		});
	}, WATCH_MS);

	function answerRead(request: Buffer): void {
		if (reading) throw new ProtocolError('two reads at once');
		reading = true;
		void inputs.read(request).then(
			(bytes) => {
				reading = false;
				child.stdin?.write(packed(bytes));
				if ((child.stdin?.writableLength ?? 0) > MAX_UNREAD_BYTES)
					end('crashed', 'The sandbox was ended: it asked for bytes and did not take them.');
			},
			(error: unknown) =>
				end('crashed', `The sandbox was ended: ${error instanceof Error ? error.message : error}.`)
		);
	}

	function onFrame(type: FrameType, payload: Buffer): void {
		if (gathering.finished || ended) return;
		if ((type === FRAME.ready) === (readyMs !== null)) throw new ProtocolError('out of turn');
		switch (type) {
			case FRAME.ready:
				readyMs = elapsed();
				child.stdin?.write(packed(Buffer.from(JSON.stringify(messageOf(job)))));
				break;
			case FRAME.stdout:
			case FRAME.stderr:
				if (gathering.print(type === FRAME.stdout ? 'stdout' : 'stderr', payload) === 'flood')
					end('output', 'The code printed more than 8 MB and was ended.');
				break;
			case FRAME.read:
				answerRead(payload);
				break;
			case FRAME.file:
				gathering.file(payload);
				break;
			case FRAME.refused:
				gathering.refuse(payload);
				break;
			case FRAME.done:
				gathering.finish(payload);
				// It has nothing more to say; a process that stays is ended.
				setTimeout(() => endProcess(child), WATCH_MS).unref();
				break;
		}
	}

	const read = createFrameReader(FRAME_LIMITS, onFrame);
	child.stdout?.on('data', (chunk: Buffer) => {
		if (gathering.finished || ended) return;
		try {
			read(chunk);
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			end('crashed', `The sandbox was ended: its messages made no sense (${why}).`);
		}
	});
	let noise = 0;
	child.stderr?.on('data', (chunk: Buffer) => {
		if (diagnosis.length < DIAGNOSIS_BYTES) diagnosis += chunk.toString('utf8');
		noise += chunk.length;
		if (noise > LIMITS.floodBytes) end('output', 'The code printed more than 8 MB and was ended.');
	});

	signal.addEventListener('abort', onAbort, { once: true });
	if (signal.aborted) onAbort();
	try {
		const exit = await closed(child);
		if (!gathering.finished) ended ??= unexpectedEnd(diagnosis, exit);
	} finally {
		clearTimeout(timer);
		clearInterval(watch);
		signal.removeEventListener('abort', onAbort);
		endProcess(child);
		await inputs.close();
	}
	// A process that was ended, or died, took its memory and so its files with it.
	if (ended && readyMs !== null) ended.error += ' Files that the code had written are lost.';
	return {
		result: gathering.result(ended, elapsed()),
		started: readyMs !== null,
		readyMs,
		peakBytes,
		diagnosis: diagnosis.slice(0, DIAGNOSIS_BYTES)
	};
}

function messageOf(job: SandboxJob) {
	return {
		code: job.code,
		files: job.files.map(({ name, sizeBytes }) => ({ name, size: sizeBytes })),
		limits: { fileBytes: LIMITS.fileBytes, totalBytes: LIMITS.totalBytes, files: LIMITS.files }
	};
}

function closed(child: ChildProcess): Promise<string> {
	return new Promise((resolve) => {
		child.once('error', (error) => resolve(error.message));
		child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
	});
}

function unexpectedEnd(diagnosis: string, exit: string): { reason: SandboxEnd; error: string } {
	if (/out of memory|OOM|memory allocation|Array buffer allocation/i.test(diagnosis))
		return { reason: 'memory', error: 'The code needed more memory than the sandbox has.' };
	if (/Top-level await promise never resolved/i.test(diagnosis))
		return { reason: 'error', error: 'The code awaits something that never happens.' };
	return {
		reason: 'crashed',
		error: `The sandbox process ended unexpectedly (${exit}). Processes and sockets do not exist there; native code may fail.`
	};
}

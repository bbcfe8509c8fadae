import type * as Sdk from 'e2b';
import { DomainError } from '../../../domain/errors';
import type { Box } from './box';
import { pause } from './pause';
import { CALL_VARIABLE, END, python, quote } from './programs';
import { isAlive, SandboxLost, unavailable } from './trouble';

export type Why = 'timeout' | 'cancelled' | 'output';

export interface Execution {
	/** Null: it ended while the line was down. */
	exitCode: number | null;
	/** As the sandbox names it, such as `signal: killed`. */
	ended: string;
	/** Why it was ended from here; null when it ended by itself. */
	why: Why | null;
	/** The connection broke meanwhile: something it printed may be missing. */
	gap: boolean;
}

export interface Program {
	call: string;
	folder: string;
	command: readonly string[];
	timeoutMs: number;
	/** `flood` ends it. */
	onPrinted(stream: 'stdout' | 'stderr', text: string): 'fine' | 'flood';
}

const ENVIRONMENT = {
	MPLBACKEND: 'Agg',
	PYTHONUNBUFFERED: '1',
	PYTHONDONTWRITEBYTECODE: '1',
	PYTHONUTF8: '1',
	NODE_NO_WARNINGS: '1'
};
/** How long ending may take before the whole sandbox is ended. */
const END_MS = 5000;

/**
 * Runs an agent's program and follows it, also over a broken line, until it has ended or was ended.
 * @throws SandboxLost · DomainError `unavailable`. What was begun then does not go on, or `abandon` is called.
 */
export async function execute(
	box: Box,
	program: Program,
	retryMs: readonly number[],
	signal: AbortSignal,
	abandon: () => void
): Promise<Execution> {
	const { sandbox } = box;
	const { sdk } = box.client;
	let why: Why | null = null;
	let gap = false;
	let pid: number | null = null;
	let ending: Promise<void> | null = null;
	const over = new AbortController();

	function stop(reason: Why): void {
		why ??= reason;
		if (pid !== null) ending ??= end(pid).finally(() => over.abort());
	}

	/** Ends the group, then whatever has left it. */
	async function end(group: number | null): Promise<void> {
		const first = group === null ? '' : `kill -KILL -- -${group}; `;
		try {
			await sandbox.commands.run(first + python(END, program.call), {
				timeoutMs: END_MS,
				requestTimeoutMs: END_MS,
				cwd: '/'
			});
		} catch {
			abandon();
		}
	}

	const take = (stream: 'stdout' | 'stderr') => (text: string) => {
		if (!why && program.onPrinted(stream, text) === 'flood') stop('output');
	};
	const options = { timeoutMs: 0, onStdout: take('stdout'), onStderr: take('stderr') };

	async function start(): Promise<Sdk.CommandHandle> {
		// The sandbox ends it by itself should nobody be here to do it.
		const seconds = Math.ceil(program.timeoutMs / 1000) + 10;
		const command = `exec timeout -k 2 ${seconds} ${program.command.map(quote).join(' ')}`;
		for (let attempt = 0; ; attempt++) {
			try {
				return await sandbox.commands.run(command, {
					...options,
					background: true,
					cwd: `${program.folder}/work`,
					envs: { ...ENVIRONMENT, [CALL_VARIABLE]: program.call }
				});
			} catch (error) {
				if ((await isAlive(sandbox)) === false) throw new SandboxLost();
				const delay = retryMs[attempt];
				// Only when it certainly did not begin: nothing runs twice.
				const refused =
					error instanceof sdk.SandboxNotFoundError || error instanceof sdk.RateLimitError;
				if (refused && delay !== undefined && !signal.aborted) {
					await pause(delay, signal);
					continue;
				}
				if (!refused) await end(null);
				throw unavailable(sdk, error);
			}
		}
	}

	/** The process after the line broke; null when it has ended. */
	async function rejoin(group: number): Promise<Sdk.CommandHandle | null> {
		gap = true;
		for (let attempt = 0; ; attempt++) {
			try {
				return await sandbox.commands.connect(group, options);
			} catch (error) {
				const alive = await isAlive(sandbox);
				if (alive === false) throw new SandboxLost();
				if (error instanceof sdk.NotFoundError && !(error instanceof sdk.SandboxNotFoundError))
					return null;
				const delay = retryMs[attempt];
				if (delay === undefined || why) {
					abandon();
					throw new DomainError(
						'unavailable',
						'The connection to the E2B sandbox broke while the code was running. Run the code again.',
						undefined,
						{ cause: error }
					);
				}
				await pause(delay);
			}
		}
	}

	async function follow(first: Sdk.CommandHandle): Promise<Pick<Execution, 'exitCode' | 'ended'>> {
		let handle: Sdk.CommandHandle | null = first;
		while (handle) {
			try {
				const { exitCode } = await handle.wait();
				return { exitCode, ended: '' };
			} catch (error) {
				if (error instanceof sdk.CommandExitError)
					return { exitCode: error.exitCode, ended: error.error ?? '' };
				if (why) break;
				if ((await isAlive(sandbox)) === false) throw new SandboxLost();
				handle = await rejoin(first.pid);
			}
		}
		return { exitCode: null, ended: '' };
	}

	const handle = await start();
	pid = handle.pid;
	const onAbort = () => stop('cancelled');
	const timer = setTimeout(() => stop('timeout'), program.timeoutMs);
	signal.addEventListener('abort', onAbort, { once: true });
	if (signal.aborted) onAbort();
	else if (why) stop(why);
	const ended = follow(handle);
	try {
		const cut = new Promise<{ exitCode: null; ended: string }>((resolve) =>
			over.signal.addEventListener('abort', () => resolve({ exitCode: null, ended: '' }))
		);
		const result = await Promise.race([ended, cut]);
		await ending;
		return { ...result, why, gap };
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', onAbort);
		if (why) {
			ended.catch(() => undefined);
			await handle.disconnect();
		}
	}
}

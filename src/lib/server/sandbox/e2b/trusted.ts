import { z } from 'zod';
import { DomainError } from '../../../domain/errors';
import type { Box } from './box';
import { steadily } from './trouble';

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const LIMIT_MS = 120_000;

/**
 * Runs one of Raro's own commands, which may be repeated without harm, and reads what it prints. The
 * sandbox may answer anything: it is only believed as far as the schema goes.
 * @throws SandboxLost · DomainError `unavailable` · the signal's reason
 */
export async function ask<T>(
	box: Box,
	command: string,
	schema: z.ZodType<T>,
	retryMs: readonly number[],
	signal: AbortSignal
): Promise<T> {
	const { client, sandbox } = box;
	try {
		return await steadily(client.sdk, sandbox, retryMs, signal, async () => {
			let printed = 0;
			const { stdout } = await sandbox.commands.run(command, {
				timeoutMs: LIMIT_MS,
				cwd: '/',
				signal,
				onStdout(text) {
					printed += text.length;
					if (printed > MAX_ANSWER_BYTES) throw nonsense('it answered too much');
				},
				onStderr(text) {
					printed += text.length;
					if (printed > MAX_ANSWER_BYTES) throw nonsense('it answered too much');
				}
			});
			return read(stdout, schema);
		});
	} catch (error) {
		if (!(error instanceof client.sdk.CommandExitError)) throw error;
		const said = error.stderr.trim().split('\n').at(-1)?.slice(0, 200) || error.message;
		throw nonsense(said, error);
	}
}

function read<T>(text: string, schema: z.ZodType<T>): T {
	try {
		return schema.parse(JSON.parse(text));
	} catch (cause) {
		throw nonsense('its answer made no sense', cause);
	}
}

/** The sandbox does not do what every sandbox does: what is inside may have broken it. */
function nonsense(why: string, cause?: unknown): DomainError {
	const message = `The E2B sandbox does not work as it should (${why}). Run the code again.`;
	return new DomainError('unavailable', message, undefined, { cause });
}

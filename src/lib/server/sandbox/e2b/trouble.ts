import type * as Sdk from 'e2b';
import { DomainError } from '../../../domain/errors';
import { pause } from './pause';

/** The sandbox is gone, with all that was in it. */
export class SandboxLost extends Error {
	override readonly name = 'SandboxLost';
}

/** What an error of the SDK means. */
export interface Trouble {
	/** For a person: what happened, what to do. */
	message: string;
	/** Worth another try. */
	passing: boolean;
	/** Nobody knows whether the request had its effect. */
	uncertain: boolean;
}

type Errors = Pick<
	typeof Sdk,
	| 'AuthenticationError'
	| 'RateLimitError'
	| 'ServiceBusyError'
	| 'NotEnoughSpaceError'
	| 'SandboxError'
	| 'CommandExitError'
	| 'InvalidArgumentError'
	| 'FileNotFoundError'
	| 'SandboxNotFoundError'
	| 'TemplateError'
>;

/** One line of the service's own words, without what could be long. */
function wordsOf(error: unknown): string {
	const message = error instanceof Error ? error.message : String(error);
	const line = message.replace(/\s+/g, ' ').trim();
	return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

function networkCode(error: unknown): string {
	const cause = error instanceof Error ? error.cause : undefined;
	return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
}

export function explain(sdk: Errors, error: unknown): Trouble {
	const trouble = (message: string, passing = false, uncertain = false): Trouble => ({
		message,
		passing,
		uncertain
	});
	// Neither of these two is a SandboxError.
	if (error instanceof sdk.AuthenticationError)
		return trouble('E2B refused the key in E2B_API_KEY. Check it, or set SANDBOX=local.');
	if (error instanceof sdk.ServiceBusyError)
		return trouble('E2B has no capacity for a sandbox at the moment. Try again later.', true);
	if (error instanceof sdk.RateLimitError)
		return /concurrent|maximum number|quota/i.test(error.message)
			? trouble(
					'The quota of this E2B account is used up: it has as many sandboxes as it may. Wait until others have ended, or raise the limit at E2B.',
					true
				)
			: trouble('E2B refused the request because there were too many. Try again later.', true);
	if (error instanceof sdk.NotEnoughSpaceError)
		return trouble('The disk of the E2B sandbox is full: give the run smaller files.');
	if (error instanceof sdk.TemplateError)
		return trouble(`The template in E2B_TEMPLATE cannot be used: ${wordsOf(error)}`);
	const status = error instanceof sdk.SandboxError ? error.statusCode : undefined;
	if (status !== undefined && status < 500)
		return trouble(
			`E2B refused the request: ${wordsOf(error)}. Check E2B_TEMPLATE and what the account may do.`
		);
	const broken = error instanceof Error && /fetch failed|terminated/.test(error.message);
	if (error instanceof sdk.SandboxError && !broken)
		return trouble(`E2B failed: ${wordsOf(error)}. Try again later.`, true, true);
	return trouble(
		`E2B cannot be reached${networkCode(error)}. Check the network and E2B_API_URL.`,
		true,
		true
	);
}

export function unavailable(sdk: Errors, error: unknown): DomainError {
	if (error instanceof DomainError) return error;
	const { message } = explain(sdk, error);
	return new DomainError('unavailable', message, undefined, { cause: error });
}

/** Whether the sandbox is there; null when nobody knows. */
export async function isAlive(sandbox: Sdk.Sandbox): Promise<boolean | null> {
	return sandbox.isRunning({ requestTimeoutMs: 5000 }).catch(() => null);
}

/**
 * Does something with a sandbox that may be repeated without harm, again while the trouble is passing.
 * The errors that say the same at every try pass through as they are.
 * @throws SandboxLost · DomainError `unavailable` · the signal's reason
 */
export async function steadily<T>(
	sdk: Errors,
	sandbox: Sdk.Sandbox,
	delaysMs: readonly number[],
	signal: AbortSignal,
	work: () => Promise<T>
): Promise<T> {
	for (let attempt = 0; ; attempt++) {
		signal.throwIfAborted();
		try {
			return await work();
		} catch (error) {
			signal.throwIfAborted();
			if (
				error instanceof sdk.CommandExitError ||
				error instanceof sdk.FileNotFoundError ||
				error instanceof sdk.InvalidArgumentError ||
				error instanceof DomainError
			)
				throw error;
			if (error instanceof sdk.AuthenticationError || error instanceof sdk.NotEnoughSpaceError)
				throw unavailable(sdk, error);
			// "Not found" is also what a busy proxy is taken for: only its health tells.
			if ((await isAlive(sandbox)) === false) throw new SandboxLost();
			const delay = delaysMs[attempt];
			if (delay === undefined) throw unavailable(sdk, error);
			await pause(delay, signal);
		}
	}
}

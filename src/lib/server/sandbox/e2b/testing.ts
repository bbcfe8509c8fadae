import { randomUUID } from 'node:crypto';
import { startE2b, type E2bStandIn } from '../../../../tests/support/e2b/e2b';
import type { Sandbox, SandboxJob, SandboxResult } from '../sandbox';
import { silent } from '../testing';
import { createE2bSandbox, type E2bOptions } from './e2b';

/** A stand-in for E2B and sandboxes on it; null, said aloud, where this machine cannot have it. */
export async function openE2b(options: Parameters<typeof startE2b>[0] = {}) {
	const service = await startE2b(options);
	if (!service) return null;
	const made: Sandbox[] = [];
	return {
		service,
		/** Raro's side, as after a start of the app. */
		sandbox(options: Partial<E2bOptions> = {}): Sandbox {
			const sandbox = createE2bSandbox({
				apiKey: service.apiKey,
				apiUrl: service.url,
				sandboxUrl: service.url,
				template: 'code-interpreter-v1',
				instance: 'one',
				log: silent,
				now: () => new Date(),
				newId: randomUUID,
				...options,
				times: { createEveryMs: 0, retryMs: [20, 50], orphanMs: [50], ...options.times }
			});
			made.push(sandbox);
			return sandbox;
		},
		async close() {
			await Promise.all(made.map((sandbox) => sandbox.stop()));
			await service.close();
		}
	};
}

export type OpenE2b = NonNullable<Awaited<ReturnType<typeof openE2b>>>;

/** One call of a run. */
export function callIn(
	sandbox: Sandbox,
	code: string,
	job: Partial<SandboxJob> = {},
	signal = new AbortController().signal
): Promise<SandboxResult> {
	const defaults: SandboxJob = {
		language: 'python',
		code,
		files: [],
		timeoutMs: 30_000,
		runId: 'run-1'
	};
	return sandbox.run({ ...defaults, ...job }, signal);
}

/** Resolves as soon as `check` holds; for what another process does. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
	while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The requests of one kind that the service saw. */
export function requests({ seen }: Pick<E2bStandIn, 'seen'>, method: string, path: RegExp) {
	return seen.filter((entry) => entry.method === method && path.test(entry.url));
}

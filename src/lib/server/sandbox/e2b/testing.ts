import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import { afterEach, test } from 'vitest';
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

/** Whether code in any sandbox has written a file `name`, wherever. */
export function wrote({ service }: OpenE2b, name: string): boolean {
	const all = [...service.boxes.values()].flatMap(({ home }) =>
		fs.readdirSync(home, { recursive: true, encoding: 'utf8' })
	);
	return all.some((file) => path.basename(file) === name);
}

/** Where nothing listens. */
export async function nowhere(): Promise<string> {
	const server = net.createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	if (address === null || typeof address === 'string') throw new Error('There was no port.');
	return `http://127.0.0.1:${address.port}`;
}

/** The requests of one kind that the service saw. */
export function requests({ seen }: Pick<E2bStandIn, 'seen'>, method: string, path: RegExp) {
	return seen.filter((entry) => entry.method === method && path.test(entry.url));
}

/** A test with a service of its own; skipped, not passed, where there can be none. */
export function onE2b(
	title: string,
	check: (e2b: OpenE2b) => Promise<void>,
	options: Parameters<typeof startE2b>[0] = {}
): void {
	test(title, async (context) => {
		const e2b = await openE2b(options);
		if (!e2b) return context.skip();
		open.push(e2b);
		await check(e2b);
	});
}

const open: OpenE2b[] = [];
afterEach(async () => {
	for (const e2b of open.splice(0)) await e2b.close();
});

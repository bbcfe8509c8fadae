import type * as Sdk from 'e2b';
import type { Log } from '../../platform/log';
import type { Client } from './client';
import { findSandboxes, labelled } from './find';
import { pause } from './pause';
import { explain, unavailable } from './trouble';

export interface Times {
	/** How long a sandbox lives on when nobody asks for more. */
	lifeMs: number;
	/** Between the beginnings of two creations; the smallest E2B plan allows one a second. */
	createEveryMs: number;
	/** Waits between tries of what failed for a passing reason. */
	retryMs: readonly number[];
	/** When to look again for a sandbox that may have been made although nobody said so. */
	orphanMs: readonly number[];
}

interface CreateDeps {
	load: () => Promise<Client>;
	template: string;
	instance: string;
	/** Differs from one start of the app to the next. */
	boot: string;
	times: Times;
	now: () => Date;
	newId: () => string;
	log: Log;
	stopping: AbortSignal;
	/** Takes over work that nobody waits for. */
	own(work: Promise<unknown>, what: string): void;
}

/** Makes sandboxes, one after the other; a lost answer leaves no sandbox behind. */
export function createCreator(deps: CreateDeps) {
	const { load, template, instance, boot, times, now, newId, log, own, stopping } = deps;
	let nextAt = 0;

	async function turn(signal: AbortSignal): Promise<void> {
		const time = now().getTime();
		const at = Math.max(nextAt, time);
		nextAt = at + times.createEveryMs;
		await pause(at - time, signal);
	}

	/** Ends what an attempt may have made after all. */
	async function removeOrphan(client: Client, made: string): Promise<void> {
		for (const delay of times.orphanMs) {
			await pause(delay, stopping);
			try {
				const found = await findSandboxes(client, { instance, made });
				for (const { sandboxId } of found) await client.Sandbox.kill(sandboxId);
				if (found.length > 0) return log.info({ made }, 'ended a sandbox that nobody had');
			} catch (error) {
				log.warn({ err: error, made }, 'could not look for a sandbox that nobody may have');
			}
		}
	}

	/** The sandbox of an attempt whose answer was lost; null when there is none. */
	async function recover(client: Client, made: string): Promise<Sdk.Sandbox | null> {
		try {
			const [info] = await findSandboxes(client, { instance, made });
			if (info) return await client.Sandbox.connect(info.sandboxId, { timeoutMs: times.lifeMs });
		} catch (error) {
			log.warn(
				{ err: error, made },
				'could not look for a sandbox whose creation was not answered'
			);
		}
		own(removeOrphan(client, made), 'removing a sandbox that nobody has');
		return null;
	}

	/** @throws DomainError `unavailable` · the signal's reason */
	return async function make(
		run: string,
		internet: boolean,
		signal: AbortSignal
	): Promise<Sdk.Sandbox> {
		const client = await load();
		for (let attempt = 0; ; attempt++) {
			await turn(signal);
			const made = newId();
			try {
				// Not under the signal: what an aborted request had made would be nobody's.
				return await client.Sandbox.create(template, {
					timeoutMs: times.lifeMs,
					allowInternetAccess: internet,
					metadata: {
						...labelled({ instance, run, made }),
						boot,
						internet: String(internet)
					}
				});
			} catch (error) {
				const trouble = explain(client.sdk, error);
				const found = trouble.uncertain ? await recover(client, made) : null;
				if (found) return found;
				const delay = times.retryMs[attempt];
				log.warn({ err: error, run_id: run, attempt }, 'could not make a sandbox at E2B');
				if (!trouble.passing || delay === undefined) throw unavailable(client.sdk, error);
				await pause(delay, signal);
			}
		}
	};
}

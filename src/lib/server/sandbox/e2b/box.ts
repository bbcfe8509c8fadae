import type * as Sdk from 'e2b';
import { createQueue } from '../queue';
import type { Client } from './client';
import { SandboxLost, unavailable } from './trouble';

/** The one sandbox of a run. */
export interface Box {
	readonly client: Client;
	readonly sandbox: Sdk.Sandbox;
	/** It is from before a restart: nobody knows which inputs are there. */
	readonly found: boolean;
	/** Inputs that were brought there, or are on their way, by digest. */
	readonly uploads: Map<string, Promise<void>>;
	/** Calls that are over; the next one removes their folders. */
	readonly done: string[];
	/** A few calls at once; the others wait for their turn. */
	enter(signal: AbortSignal): Promise<() => void>;
	/** Lengthens its life when that is due. @throws SandboxLost · DomainError `unavailable` */
	extend(): Promise<void>;
}

const CALLS_AT_ONCE = 4;

export function createBox(
	client: Client,
	sandbox: Sdk.Sandbox,
	facts: { found: boolean; lifeMs: number; now: () => Date }
): Box {
	const { found, lifeMs, now } = facts;
	const calls = createQueue(CALLS_AT_ONCE);
	let extendedAt = now().getTime();
	return {
		client,
		sandbox,
		found,
		uploads: new Map(),
		done: [],
		enter: calls.enter,
		async extend() {
			const time = now().getTime();
			if (time - extendedAt < lifeMs / 10) return;
			try {
				await sandbox.setTimeout(lifeMs);
				extendedAt = time;
			} catch (error) {
				if (error instanceof client.sdk.SandboxNotFoundError) throw new SandboxLost();
				throw unavailable(client.sdk, error);
			}
		}
	};
}

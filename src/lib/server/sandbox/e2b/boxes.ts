import type * as Sdk from 'e2b';
import type { Log } from '../../platform/log';
import { createQueue } from '../queue';
import { untilAborted } from '../until-aborted';
import { createBox, type Box } from './box';
import type { Client } from './client';
import { createCreator, type Times } from './create';
import { findSandboxes } from './find';
import { pause } from './pause';
import { unavailable } from './trouble';

export interface BoxesDeps {
	load: () => Promise<Client>;
	template: string;
	instance: string;
	times: Times;
	now: () => Date;
	newId: () => string;
	log: Log;
	/** Told of each sandbox before agents' code runs there. */
	opened(box: Box): Promise<void>;
}

interface Entry {
	box: Promise<Box>;
	abort: AbortController;
}

/** The smallest E2B plan allows this many at once. */
const SANDBOXES = 20;
/** What is waited for at the end of a run, or of the app; the work itself goes on. */
const PATIENCE_MS = 5000;

/** One sandbox for each run: made at its first call, found again after a restart, ended with the run. */
export function createBoxes(deps: BoxesDeps) {
	const { load, instance, times, now, newId, log, opened } = deps;
	const boot = newId();
	const entries = new Map<string, Entry>();
	/** What active runs left at E2B before this start, by run. */
	const remains = new Map<string, string[]>();
	/** Are to be ended, and have not been: no run goes on there. */
	const condemned = new Set<string>();
	const places = createQueue(SANDBOXES);
	const background = new Set<Promise<unknown>>();
	const stopping = new AbortController();

	function own(work: Promise<unknown>, what: string): void {
		const owned: Promise<unknown> = work
			.catch((error: unknown) => log.warn({ err: error }, `${what} failed`))
			.finally(() => background.delete(owned));
		background.add(owned);
	}
	const make = createCreator({ ...deps, boot, own, stopping: stopping.signal });

	async function kill(id: string): Promise<void> {
		condemned.add(id);
		const { Sandbox } = await load();
		for (let attempt = 0; ; attempt++) {
			try {
				await Sandbox.kill(id);
				condemned.delete(id);
				return;
			} catch (error) {
				const delay = times.retryMs[attempt];
				if (delay === undefined) throw error;
				await pause(delay, stopping.signal);
			}
		}
	}

	/** The run's sandbox from before a restart. */
	async function reconnect(client: Client, run: string, internet: boolean) {
		let kept: Sdk.Sandbox | null = null;
		for (const { sandboxId, metadata } of await findSandboxes(client, { instance, run })) {
			if (condemned.has(sandboxId)) continue;
			if (kept || metadata.internet !== String(internet)) {
				own(kill(sandboxId), 'ending a sandbox too many');
				continue;
			}
			try {
				kept = await client.Sandbox.connect(sandboxId, { timeoutMs: times.lifeMs });
			} catch (error) {
				if (!(error instanceof client.sdk.SandboxNotFoundError)) throw error;
			}
		}
		return kept;
	}

	async function open(run: string, internet: boolean, signal: AbortSignal): Promise<Box> {
		const client = await load();
		let old: Sdk.Sandbox | null;
		try {
			old = await reconnect(client, run, internet);
		} catch (error) {
			throw unavailable(client.sdk, error);
		}
		const again = old !== null && (await tryOld(client, run, old));
		return again || toBox(client, run, await make(run, internet, signal), false);
	}

	/** Null: it does not answer as it should, and a new one takes its place. */
	async function tryOld(client: Client, run: string, old: Sdk.Sandbox): Promise<Box | null> {
		try {
			return await toBox(client, run, old, true);
		} catch (error) {
			log.warn({ err: error, run_id: run }, 'could not go on in the sandbox of a run');
			own(kill(old.sandboxId), 'ending a sandbox');
			return null;
		}
	}

	async function toBox(client: Client, run: string, sandbox: Sdk.Sandbox, found: boolean) {
		log.info({ run_id: run, sandbox_id: sandbox.sandboxId, found }, 'opened a sandbox at E2B');
		const box = createBox(client, sandbox, { found, lifeMs: times.lifeMs, now });
		await opened(box);
		return box;
	}

	function begin(run: string, internet: boolean): Entry {
		const abort = new AbortController();
		const box = places.enter(abort.signal).then(async (leave) => {
			if (abort.signal.aborted) leave();
			abort.signal.addEventListener('abort', leave, { once: true });
			return open(run, internet, abort.signal);
		});
		const entry = { box, abort };
		entries.set(run, entry);
		box.catch(() => forget(run, entry));
		return entry;
	}

	/** Gives the place back; the next call makes a new sandbox. */
	function forget(run: string, entry: Entry): void {
		if (entries.get(run) === entry) entries.delete(run);
		entry.abort.abort(new Error('The run has let go of its sandbox.'));
	}

	async function end(run: string, entry: Entry): Promise<void> {
		forget(run, entry);
		const box = await entry.box.catch(() => null);
		if (box) await kill(box.sandbox.sandboxId);
	}

	const patiently = (work: Promise<unknown>) => {
		const patience = new AbortController();
		const enough = pause(PATIENCE_MS, patience.signal).catch(() => undefined);
		return Promise.race([work, enough]).finally(() => patience.abort());
	};

	return {
		own,
		/** The run's sandbox, made when there is none. @throws DomainError `unavailable` */
		acquire(run: string, internet: boolean, signal: AbortSignal): Promise<Box> {
			const entry = entries.get(run) ?? begin(run, internet);
			return untilAborted(entry.box, signal);
		},
		/** The sandbox is lost or cannot be trusted with anything more: ends it if it still lives. */
		async discard(run: string, box: Box): Promise<void> {
			const entry = entries.get(run);
			if (entry && (await entry.box.catch(() => null)) === box) forget(run, entry);
			own(kill(box.sandbox.sandboxId), 'ending a sandbox');
		},
		async release(run: string): Promise<void> {
			const entry = entries.get(run);
			const left = remains.get(run) ?? [];
			remains.delete(run);
			const work = Promise.all([entry && end(run, entry), ...left.map(kill)]);
			own(work, 'ending the sandbox of a run');
			await patiently(work.catch(() => undefined));
		},
		/** Ends what this instance left behind, except what belongs to these runs. */
		async reap(activeRunIds: readonly string[]): Promise<void> {
			const active = new Set(activeRunIds);
			const client = await load();
			for (const { sandboxId, metadata } of await findSandboxes(client, { instance })) {
				const run = metadata.run ?? '';
				if (metadata.boot === boot || entries.has(run)) continue;
				if (active.has(run)) remains.set(run, [...(remains.get(run) ?? []), sandboxId]);
				else own(kill(sandboxId), 'ending a sandbox that was left behind');
			}
		},
		/** Leaves the sandboxes of runs that go on after the next start. */
		async stop(): Promise<void> {
			const opening = [...entries.values()].map(({ box }) => box.catch(() => null));
			const settled = async () => {
				await Promise.all(opening);
				while (background.size > 0 && !stopping.signal.aborted) await Promise.all(background);
			};
			await patiently(settled());
			stopping.abort(new Error('The app is stopping.'));
		}
	};
}

export type Boxes = ReturnType<typeof createBoxes>;

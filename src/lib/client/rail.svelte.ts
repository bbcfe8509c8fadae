import { SvelteSet } from 'svelte/reactivity';
import type { LibraryFile, OnConflict } from '$lib/domain/library';
import type { RunArtifacts } from '$lib/domain/artifact';
import { shortId } from '$lib/domain/ids';
import type { RunEvent } from '$lib/domain/run-event';
import { artifactUrl, libraryFileUrl } from './addresses';
import { callApi } from './api';
import {
	countArtifacts,
	groupArtifacts,
	oneWeekLonger,
	runsOlderThan,
	withEvent,
	type ArtifactFilter,
	type RunEntry
} from './artifact-groups';
import { clock } from './clock.svelte';
import { plural } from './format';
import { everyRun, type Holdings, type Notice, type RailData } from './rail-data';
import { Transfers } from './transfers.svelte';
import type { Limits, Usage } from './upload';

/**
 * The state of the EnvironmentRail. What is shown is what the server said; a deleted thing leaves at
 * once and comes back, with the reason, when the server refuses. Nothing here throws: what goes
 * wrong is told through `notify`.
 */
export class RailState {
	library: LibraryFile[] = $state.raw([]);
	runs: readonly RunEntry[] = $state.raw([]);
	/** What there is altogether while `runs` are only the newest. */
	older: Holdings | null = $state.raw(null);
	limits: Limits = $state.raw({ file_bytes: 0, library_bytes: 0, artifact_bytes: 0 });
	usage: Usage = $state.raw({ library_bytes: 0, artifact_bytes: 0, files: 0 });
	currentRunId: string | null = $state(null);
	filter: ArtifactFilter = $state({ scope: 'all', sort: 'date', query: '' });

	/** Names of the files that the next run gets. */
	readonly attached = new SvelteSet<string>();
	readonly transfers: Transfers;

	/** Hear of an upload that arrived; bring a file of the Library into sight. */
	onuploaded: ((name: string) => void) | null = null;
	onreveal: ((name: string) => void) | null = null;

	/** Requests under way. */
	#pending = $state(0);
	readonly loading = $derived.by(() => this.#pending > 0 || this.transfers.busy);
	readonly groups = $derived.by(() =>
		groupArtifacts(this.runs, this.filter, this.currentRunId, clock.now)
	);
	readonly artifactCount = $derived.by(() => this.older?.files ?? countArtifacts(this.runs));

	constructor(
		data: RailData,
		/** Tells the person; EnvironmentRail puts toasts here when nobody else did. */
		public notify: ((notice: Notice) => void) | null = null
	) {
		this.transfers = new Transfers({
			limits: () => this.limits,
			libraryBytes: () => this.usage.library_bytes,
			onadded: (file) => {
				this.addFile(file);
				this.onuploaded?.(file.name);
			}
		});
		this.load(data);
	}

	/** Takes over what a page load brought. Attachments that are gone are dropped. */
	load(data: RailData): void {
		this.library = data.library;
		this.runs = data.artifacts;
		this.older = data.older ?? null;
		this.limits = data.limits;
		this.usage = data.usage;
		if (data.currentRunId !== undefined) this.currentRunId = data.currentRunId;
		for (const name of data.attached ?? []) this.attached.add(name);
		this.#dropMissingAttachments();
	}

	/** Asks the server for everything the rail shows. */
	refresh(): Promise<boolean> {
		return this.#attempt(() => this.#reload());
	}

	/** Brings the runs that the page was too short for; without them search would miss what is old. */
	async loadOlder(): Promise<void> {
		if (this.older) await this.#attempt(() => this.#reload());
	}

	toggle(name: string): void {
		if (!this.attached.delete(name)) this.attached.add(name);
	}

	/** Sends files to the Library; each shows in `transfers` with its progress or its refusal. */
	upload(files: Iterable<File>, onConflict: OnConflict = 'keep'): Promise<void> {
		return this.transfers.add(files, onConflict);
	}

	/** Shows a file that has come into the Library: uploaded, promoted. */
	addFile(file: LibraryFile): void {
		const before = this.library.find((f) => f.name === file.name && f.scope === 'private');
		const others = this.library.filter((f) => f.name !== file.name);
		this.library = [...others, file].sort((a, b) => a.name.localeCompare(b.name, 'en'));
		this.#use(file.size_bytes - (before?.size_bytes ?? 0), before ? 0 : 1);
	}

	async remove(name: string): Promise<boolean> {
		const file = this.library.find((f) => f.name === name);
		this.library = this.library.filter((f) => f !== file);
		this.attached.delete(name);
		if (file) this.#use(-file.size_bytes, -1);
		// A public file of the same name may come to light: only the server knows.
		return this.#attempt(async () => {
			await callApi('DELETE', libraryFileUrl(name));
			await this.#reload();
			this.#say(`Deleted “${name}” from the Library.`);
		}, true);
	}

	async rename(from: string, to: string): Promise<boolean> {
		const wasAttached = this.attached.has(from);
		return this.#attempt(async () => {
			const { body } = await callApi<LibraryFile>('PATCH', libraryFileUrl(from), { name: to });
			if (wasAttached && this.attached.delete(from)) this.attached.add(body.name);
			await this.#reload();
			this.#say(`Renamed “${from}” to “${body.name}”.`);
		});
	}

	/** Copies an artifact into the Library. */
	promote(runId: string, filename: string, version?: number): Promise<boolean> {
		return this.#attempt(async () => {
			const url = `${artifactUrl(runId, filename)}/promote`;
			const query = version === undefined ? '' : `?version=${version}`;
			const { status, body } = await callApi<LibraryFile>('POST', url + query);
			if (status === 201) this.addFile(body);
			const show = { label: 'Show', run: () => this.onreveal?.(body.name) };
			const undo = { label: 'Undo', run: () => this.remove(body.name) };
			this.notify?.({
				tone: 'success',
				message:
					status === 201
						? `Saved to the Library as “${body.name}”.`
						: `Already in the Library as “${body.name}”.`,
				actions: status === 201 ? [show, undo] : [show]
			});
		});
	}

	removeArtifact(runId: string, filename: string): Promise<boolean> {
		this.#changeRun(runId, (run) => ({
			...run,
			artifacts: run.artifacts.filter((a) => a.filename !== filename)
		}));
		return this.#attempt(async () => {
			await callApi('DELETE', artifactUrl(runId, filename));
			this.#say(`Deleted “${filename}”.`, runId);
		}, true);
	}

	removeRun(runId: string): Promise<boolean> {
		this.runs = this.runs.filter((entry) => entry.run_id !== runId);
		return this.#attempt(async () => {
			await callApi('DELETE', `/runtime/artifacts/${runId}`);
			this.#say(`Deleted the artifacts of run ${shortId(runId)}.`, runId);
		}, true);
	}

	pin(runId: string, pinned: boolean): Promise<boolean> {
		const id = shortId(runId);
		const said = pinned ? `Run ${id} is kept until you unpin it.` : `Run ${id} expires again.`;
		return this.#setRetention(runId, { pinned }, said);
	}

	/** Keeps a run's artifacts for a week longer than they would be kept. */
	extend(run: RunArtifacts): Promise<boolean> {
		const expires_at = oneWeekLonger(run, clock.now);
		const said = `Run ${shortId(run.run_id)} is kept for a week longer.`;
		return this.#setRetention(run.run_id, { expires_at }, said);
	}

	/** How many of the runs shown `clearOlderThan` would clear. */
	countOlderThan(hours: number): number {
		return runsOlderThan(this.runs, hours, clock.now).length;
	}

	clearOlderThan(hours: number): Promise<boolean> {
		return this.#attempt(async () => {
			const { body } = await callApi<{ deleted: string[] }>('POST', '/runtime/artifacts/clear', {
				older_than_hours: hours
			});
			await this.#reload();
			const n = body.deleted.length;
			const message = n === 0 ? 'No run was old enough.' : `Cleared ${plural(n, 'run')}.`;
			this.notify?.({ tone: n === 0 ? 'info' : 'success', message });
		});
	}

	/** Follows a run's log: artifacts appear as they are collected. */
	apply(event: RunEvent): void {
		this.runs = withEvent(this.runs, event);
		if (event.type === 'run_started') this.currentRunId = event.run_id;
		if (event.type === 'run_finished') void this.#refreshRun(event.run_id);
	}

	/** Only the server knows until when an ended run's artifacts are kept, and how much room is left. */
	#refreshRun(runId: string): Promise<boolean> {
		return this.#attempt(async () => {
			const [run, client] = await Promise.all([
				callApi<RunArtifacts>('GET', `/runtime/artifacts/${runId}`),
				callApi<{ usage: Usage }>('GET', '/runtime/client')
			]);
			this.#changeRun(runId, () => run.body);
			this.usage = client.body.usage;
		});
	}

	/** That it was done, with the way to the run it was done to. */
	#say(message: string, runId?: string): void {
		const way = runId === undefined ? {} : { href: `/runs/${runId}`, linkText: 'Its run' };
		this.notify?.({ tone: 'success', message, ...way });
	}

	#setRetention(
		runId: string,
		change: { pinned: boolean } | { expires_at: string },
		said: string
	): Promise<boolean> {
		return this.#attempt(async () => {
			const { body } = await callApi<RunArtifacts>('PATCH', `/runtime/artifacts/${runId}`, change);
			this.#changeRun(runId, () => body);
			this.#say(said, runId);
		});
	}

	#changeRun(runId: string, to: (run: RunArtifacts) => RunArtifacts): void {
		this.runs = this.runs.map((entry) =>
			entry.run_id === runId ? { run_id: runId, metadata: to(entry.metadata) } : entry
		);
	}

	#use(bytes: number, files: number): void {
		this.usage = {
			...this.usage,
			library_bytes: Math.max(0, this.usage.library_bytes + bytes),
			files: Math.max(0, this.usage.files + files)
		};
	}

	#dropMissingAttachments(): void {
		for (const name of this.attached)
			if (!this.library.some((file) => file.name === name)) this.attached.delete(name);
	}

	async #reload(): Promise<void> {
		const [library, artifacts, client] = await Promise.all([
			callApi<{ files: LibraryFile[] }>('GET', '/runtime/library'),
			everyRun(),
			callApi<{ usage: Usage; limits: Limits }>('GET', '/runtime/client')
		]);
		this.load({
			library: library.body.files,
			artifacts,
			limits: client.body.limits,
			usage: client.body.usage
		});
	}

	/** Runs an action; says what went wrong, and puts back what `optimistic` took away. */
	async #attempt(action: () => Promise<void>, optimistic = false): Promise<boolean> {
		this.#pending += 1;
		try {
			await action();
			return true;
		} catch (error) {
			this.notify?.({ tone: 'error', message: messageOf(error) });
			if (optimistic) await this.#reload().catch(() => undefined);
			return false;
		} finally {
			this.#pending -= 1;
		}
	}
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

import { isActive, type RunSummary } from '$lib/domain/run';
import { ApiError, callApi } from './api';
import { apiAddress, type RunFilters } from './run-filters';
import type { RunChange } from './run-changes';
import { activeRunsAddress, followedBy, oneRunAddress, updatedWith } from './run-rows';

export interface RunPage {
	runs: RunSummary[];
	next: string | null;
}

const PAGE = 200;
/** So many runs that are not active any more are looked up at once; the others the next time. */
const LOOKED_UP = 5;

/** The runs on screen: the first page as the server sent it, and what was loaded after it. */
export class RunListState {
	/** Newest first. */
	runs: RunSummary[] = $state.raw([]);
	/** Where the next page begins; null at the end. */
	next: string | null = $state(null);
	loading = $state(false);
	/** Why the next page did not come. */
	problem: string | null = $state(null);

	readonly hasActive = $derived.by(() => this.runs.some((run) => isActive(run.status)));
	readonly #filters: RunFilters;
	/** Whether an answer is awaited: a slow server is not asked twice. */
	#asking = false;
	readonly #ask: (path: string) => Promise<RunPage>;

	constructor(
		first: RunPage,
		filters: RunFilters,
		ask: (path: string) => Promise<RunPage> = askServer
	) {
		this.runs = first.runs;
		this.next = first.next;
		this.#filters = filters;
		this.#ask = ask;
	}

	async loadMore(): Promise<void> {
		if (this.next === null || this.loading) return;
		this.loading = true;
		this.problem = null;
		try {
			const page = await this.#ask(apiAddress(this.#filters, { cursor: this.next, limit: PAGE }));
			this.runs = followedBy(this.runs, page.runs);
			this.next = page.next;
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			this.problem = error.message;
		} finally {
			this.loading = false;
		}
	}

	/**
	 * Asks how the active runs stand. They stay on screen when they end, even where the filter would
	 * leave them out now; who was deleted elsewhere goes. Quiet when the server cannot be asked: the
	 * next time will tell.
	 */
	async refresh(): Promise<void> {
		const active = this.runs.filter((run) => isActive(run.status));
		if (active.length === 0 || this.#asking) return;
		this.#asking = true;
		try {
			const { runs } = await this.#ask(activeRunsAddress(active, PAGE));
			const ended = without(active, runs).slice(0, LOOKED_UP);
			const pages = await Promise.all(ended.map((run) => this.#ask(oneRunAddress(run))));
			const found = pages.flatMap((page) => page.runs);
			const gone = without(ended, found);
			this.runs = updatedWith(without(this.runs, gone), [...runs, ...found]);
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
		} finally {
			this.#asking = false;
		}
	}

	/** Takes over what was done to a run elsewhere. */
	async changed({ run_id, done }: RunChange): Promise<void> {
		if (done === 'removed') this.removed(run_id);
		else if (done === 'resumed') this.resumed(run_id);
		else await this.refresh();
	}

	/** The run was resumed: it waits for its turn. */
	resumed(id: string): void {
		this.runs = this.runs.map((run) =>
			run.run_id === id ? { ...run, status: 'queued', end_time: null, error: null } : run
		);
	}

	removed(id: string): void {
		this.runs = this.runs.filter((run) => run.run_id !== id);
	}
}

async function askServer(path: string): Promise<RunPage> {
	return (await callApi<RunPage>('GET', path)).body;
}

const without = (runs: readonly RunSummary[], others: readonly RunSummary[]): RunSummary[] =>
	runs.filter((run) => !others.some(({ run_id }) => run_id === run.run_id));

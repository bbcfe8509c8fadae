import { isActive, RUN_STATUSES, type RunStatus, type RunSummary } from '$lib/domain/run';
import { formatUsd } from './cost';

/** The next page after what is there; no run twice. */
export function followedBy(runs: readonly RunSummary[], more: readonly RunSummary[]): RunSummary[] {
	const known = new Set(runs.map((run) => run.run_id));
	return [...runs, ...more.filter((run) => !known.has(run.run_id))];
}

/** The same runs in the same order, with what is newly known of them. */
export function updatedWith(
	runs: readonly RunSummary[],
	news: readonly RunSummary[]
): RunSummary[] {
	const fresh = new Map(news.map((run) => [run.run_id, run]));
	return runs.map((run) => fresh.get(run.run_id) ?? run);
}

const ACTIVE = RUN_STATUSES.filter(isActive).join(',');

/** Where to ask which of these runs are active still: few, however many ended ones lie between. */
export function activeRunsAddress(runs: readonly RunSummary[], limit: number): string {
	return `/runtime/runs?${spanOf(runs, limit)}&status=${ACTIVE}`;
}

/** Where to ask how one run stands, whatever has become of it. */
export function oneRunAddress(run: RunSummary): string {
	return `/runtime/runs?${spanOf([run], 10)}`;
}

/** The time in which these runs began. */
function spanOf(runs: readonly RunSummary[], limit: number): string {
	const times = runs.map((run) => Date.parse(run.start_time));
	return new URLSearchParams({
		since: new Date(Math.min(...times)).toISOString(),
		until: new Date(Math.max(...times) + 1).toISOString(),
		limit: String(limit)
	}).toString();
}

/** A run that is to be compared: it may be off the list by the time the other one is chosen. */
export type Choice = Pick<RunSummary, 'run_id' | 'start_time'>;

/** At most two runs that are to be compared; choosing a third lets the first one go. */
export function choose(chosen: readonly Choice[], run: Choice): Choice[] {
	const others = without(chosen, run.run_id);
	return others.length < chosen.length ? others : [...chosen, run].slice(-2);
}

/** The choice without a run that is gone. */
export function without(chosen: readonly Choice[], id: string): Choice[] {
	return chosen.filter(({ run_id }) => run_id !== id);
}

/** The page that compares the two, the older one first; null when there are not two. */
export function comparisonAddress(chosen: readonly Choice[]): string | null {
	const [older, newer] = [...chosen].sort(
		(a, b) => Date.parse(a.start_time) - Date.parse(b.start_time)
	);
	return older && newer ? `/runs/compare?a=${older.run_id}&b=${newer.run_id}` : null;
}

/** What these runs took together, as far as it is known. */
export function totalsOf(runs: readonly RunSummary[]): Costs {
	const known = runs.flatMap(({ cost_usd }) => cost_usd ?? []);
	return {
		total_tokens_used: runs.reduce((sum, run) => sum + run.total_tokens_used, 0),
		cost_usd: known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0),
		cost_complete: runs.every((run) => run.cost_complete)
	};
}

type Costs = Pick<RunSummary, 'cost_usd' | 'cost_complete' | 'total_tokens_used'>;

/** What a run cost, in a table: `$0.12`, `≥ $0.12` where some has no price, `?` where none has. */
export function costCell({ cost_usd, cost_complete, total_tokens_used }: Costs): string {
	if (total_tokens_used === 0 && cost_usd === null) return '–';
	if (cost_usd === null) return '?';
	return cost_complete ? formatUsd(cost_usd) : `≥ ${formatUsd(cost_usd)}`;
}

/** Whether going on without any change can help: not when a budget is used up. */
export function canResume(run: { status: RunStatus; error: RunSummary['error'] }): boolean {
	const spent = run.error?.code === 'token_budget' || run.error?.code === 'cost_budget';
	return (run.status === 'failed' || run.status === 'cancelled') && !spent;
}

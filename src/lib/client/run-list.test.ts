import { describe, expect, it } from 'vitest';
import type { RunSummary } from '$lib/domain/run';
import { ApiError } from './api';
import { filtersFrom } from './run-filters';
import { RunListState, type RunPage } from './run-list.svelte';
import { canResume, choose, comparisonAddress, costCell, totalsOf, without } from './run-rows';

const run = (id: string, more: Partial<RunSummary> = {}): RunSummary => ({
	run_id: id,
	workflow_id: 'w',
	name: 'W',
	user_directive: '',
	status: 'completed',
	start_time: '2026-11-21T10:00:00.000Z',
	end_time: null,
	started_at: null,
	duration_ms: null,
	total_tokens_used: 0,
	cost_usd: null,
	cost_complete: true,
	steps_done: 0,
	steps_total: 0,
	steps_reused: 0,
	saved_tokens: 0,
	saved_cost_usd: null,
	artifact_count: 0,
	error: null,
	...more
});

function listOf(first: RunPage, answer: (path: string) => RunPage) {
	const asked: string[] = [];
	const list = new RunListState(first, filtersFrom(new URLSearchParams('q=x')), async (path) => {
		asked.push(path);
		return answer(path);
	});
	return { list, asked };
}
const idsOf = (list: RunListState) => list.runs.map((r) => r.run_id);

describe('the list of runs', () => {
	it('loads what comes next under the same filters, each run once', async () => {
		const { list, asked } = listOf({ runs: [run('a'), run('b')], next: 'n' }, () => ({
			runs: [run('b'), run('c')],
			next: null
		}));
		await list.loadMore();
		await list.loadMore();
		expect(asked).toEqual(['/runtime/runs?cursor=n&limit=200&q=x']);
		expect(idsOf(list)).toEqual(['a', 'b', 'c']);
	});

	it('says why more did not come, and can be asked again', async () => {
		const { list } = listOf({ runs: [], next: 'n' }, () => {
			throw new ApiError(0, 'unavailable', 'Not reached.');
		});
		await list.loadMore();
		expect([list.problem, list.next, list.loading]).toEqual(['Not reached.', 'n', false]);
	});

	/** Answers as the server does, which has these runs. */
	function serverOf(known: RunSummary[]) {
		return (path: string): RunPage => {
			const { searchParams } = new URL(path, 'http://x');
			const time = (name: string) => searchParams.get(name) ?? '';
			const statuses = searchParams.get('status')?.split(',');
			const runs = known.filter(
				({ start_time, status }) =>
					start_time >= time('since') &&
					start_time < time('until') &&
					(statuses?.includes(status) ?? true)
			);
			return { runs: runs.slice(0, Number(searchParams.get('limit'))), next: null };
		};
	}

	it('asks only about the active runs, and keeps them when they have ended', async () => {
		const busy = run('b', { status: 'running', start_time: '2026-11-21T12:00:00.000Z' });
		const { list, asked } = listOf(
			{ runs: [busy, run('a')], next: null },
			serverOf([{ ...busy, status: 'failed' }, run('a'), run('new')])
		);
		expect(list.hasActive).toBe(true);
		await list.refresh();
		const { searchParams } = new URL(asked[0] ?? '', 'http://x');
		expect(searchParams.get('since')).toBe('2026-11-21T12:00:00.000Z');
		expect(searchParams.get('until')).toBe('2026-11-21T12:00:00.001Z');
		expect(searchParams.get('status')).toBe('queued,running,awaiting_approval');
		expect(list.runs.map((r) => [r.run_id, r.status])).toEqual([
			['b', 'failed'],
			['a', 'completed']
		]);
		const before = asked.length;
		await list.refresh();
		expect(asked).toHaveLength(before);
	});

	it('follows an old run, too, after which hundreds have ended; of those, none is asked about', async () => {
		const at = (n: number) => new Date(Date.UTC(2026, 10, 21) + n * 60_000).toISOString();
		const waits = (id: string, n: number) =>
			run(id, { status: 'awaiting_approval', start_time: at(n) });
		const [old, gone] = [waits('old', 0), waits('gone', 1)];
		const newest = run('newest', { status: 'running', start_time: at(999) });
		const ended = Array.from({ length: 500 }, (_, n) => run(`e${n}`, { start_time: at(500 - n) }));
		const { list, asked } = listOf(
			{ runs: [newest, ...ended, gone, old], next: null },
			serverOf([newest, ...ended, { ...old, status: 'completed' }])
		);
		await list.refresh();
		expect(list.runs.map((r) => r.status)).toEqual(['running', ...Array(501).fill('completed')]);
		expect(idsOf(list)).not.toContain('gone');
		expect(asked).toHaveLength(3);
		await list.refresh();
		expect(asked).toHaveLength(4);
	});

	it('does not ask again before the server has answered', async () => {
		const busy = run('a', { status: 'running' });
		const { list, asked } = listOf({ runs: [busy], next: null }, () => ({
			runs: [busy],
			next: null
		}));
		await Promise.all([list.refresh(), list.refresh()]);
		expect(asked).toHaveLength(1);
		await list.refresh();
		expect(asked).toHaveLength(2);
	});

	it('shows a resumed run as waiting, and a deleted one no more', () => {
		const { list } = listOf(
			{ runs: [run('a', { status: 'failed' }), run('b')], next: null },
			() => ({
				runs: [],
				next: null
			})
		);
		list.resumed('a');
		list.removed('b');
		expect(list.runs.map((r) => [r.run_id, r.status])).toEqual([['a', 'queued']]);
	});

	it('keeps what was loaded after the first page when a run is steered from elsewhere', async () => {
		const first = { runs: [run('a', { status: 'running' })], next: 'b' };
		const { list, asked } = listOf(first, (path) =>
			path.includes('cursor')
				? { runs: [run('b'), run('c', { status: 'failed' })], next: null }
				: { runs: [run('a', { status: 'cancelled' }), run('c', { status: 'queued' })], next: null }
		);
		await list.loadMore();
		await list.changed({ run_id: 'b', done: 'removed' });
		await list.changed({ run_id: 'c', done: 'resumed' });
		expect(asked).toHaveLength(1);
		await list.changed({ run_id: 'a', done: 'stopped' });
		expect(list.runs.map(({ run_id, status }) => `${run_id} ${status}`)).toEqual([
			'a cancelled',
			'c queued'
		]);
	});
});

describe('what is chosen for comparison', () => {
	const at = (run_id: string, hour: number) => ({
		run_id,
		start_time: `2026-11-21T${hour}:00:00.000Z`
	});
	const [a, b, c] = [at('a', 12), at('b', 11), at('c', 10)];

	it('are two runs at most', () => {
		expect(choose([a], b)).toEqual([a, b]);
		expect(choose([a, b], c)).toEqual([b, c]);
		expect(choose([a, b], a)).toEqual([b]);
		expect(choose([a, b], { ...a })).toEqual([b]);
	});

	it('is compared in the order of time, however it was chosen', () => {
		expect(comparisonAddress([a, c])).toBe('/runs/compare?a=c&b=a');
		expect(comparisonAddress([c, a])).toBe('/runs/compare?a=c&b=a');
		expect(comparisonAddress(without([c, a], 'c'))).toBeNull();
		expect(comparisonAddress([])).toBeNull();
	});
});

it('a cost that is not known is not shown as nothing', () => {
	const used = { total_tokens_used: 5 };
	expect(costCell({ ...used, cost_usd: 0.25, cost_complete: true })).toBe('$0.25');
	expect(costCell({ ...used, cost_usd: 0.25, cost_complete: false })).toBe('≥ $0.25');
	expect(costCell({ ...used, cost_usd: null, cost_complete: false })).toBe('?');
	expect(costCell({ total_tokens_used: 0, cost_usd: null, cost_complete: true })).toBe('–');
});

it('what runs took together is told with what is not known', () => {
	const some = [
		run('a', { total_tokens_used: 5, cost_usd: 0.25 }),
		run('b', { total_tokens_used: 7, cost_usd: null, cost_complete: false })
	];
	const totals = totalsOf(some);
	expect(totals).toEqual({ total_tokens_used: 12, cost_usd: 0.25, cost_complete: false });
	expect(costCell(totals)).toBe('≥ $0.25');
	expect(costCell(totalsOf([run('a')]))).toBe('–');
});

it('a run that has used up its budget is not resumed as it is', () => {
	expect(canResume({ status: 'failed', error: null })).toBe(true);
	expect(canResume({ status: 'cancelled', error: null })).toBe(true);
	expect(canResume({ status: 'completed', error: null })).toBe(false);
	expect(canResume({ status: 'failed', error: { code: 'token_budget', message: '' } })).toBe(false);
});

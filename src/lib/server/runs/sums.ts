import { inArray, sql } from 'drizzle-orm';
import type { RunSummary } from '../../domain/run';
import type { Db } from '../db/client';
import { artifacts, steps } from '../db/schema';

/** What a run's steps and artifacts add up to. */
export type RunSums = Pick<
	RunSummary,
	| 'total_tokens_used'
	| 'cost_usd'
	| 'cost_complete'
	| 'steps_total'
	| 'steps_done'
	| 'steps_reused'
	| 'saved_tokens'
	| 'saved_cost_usd'
	| 'artifact_count'
>;

/** Adds up many runs at once: one query for their steps, one for their artifacts. */
export function createSums({ db }: { db: Db }) {
	const { inputTokens, outputTokens, costUsd, reused, status, runId } = steps;
	const used = sql`${inputTokens} + ${outputTokens}`;
	const saved = (what: string) => sql`json_extract(${reused}, ${sql.raw(`'$.${what}'`)})`;

	const ofSteps = (runs: readonly string[]) =>
		db.q
			.select({
				run: runId,
				total_tokens_used: sql<number>`sum(${used})`,
				cost_usd: sql<number | null>`sum(${costUsd})`,
				unpriced: sql<number>`count(*) filter (where ${costUsd} is null and ${used} > 0)`,
				steps_total: sql<number>`count(*)`,
				steps_done: sql<number>`count(*) filter (where ${status} = 'completed')`,
				steps_reused: sql<number>`count(${reused})`,
				saved_tokens: sql<number>`coalesce(sum(${saved('input_tokens')} + ${saved('output_tokens')}), 0)`,
				saved_cost_usd: sql<number | null>`sum(${saved('cost_usd')})`
			})
			.from(steps)
			.where(inArray(runId, [...runs]))
			.groupBy(runId);
	const ofArtifacts = (runs: readonly string[]) =>
		db.q
			.select({
				run: artifacts.runId,
				count: sql<number>`count(distinct ${artifacts.filename})`
			})
			.from(artifacts)
			.where(inArray(artifacts.runId, [...runs]))
			.groupBy(artifacts.runId);

	return {
		/** For the check that an index serves them. */
		statements: { ofSteps, ofArtifacts },
		/** Looks the sums of these runs up. @param runs at most as many as a page has */
		of(runs: readonly string[]): (run: string) => RunSums {
			const stepSums = new Map(
				runs.length === 0
					? []
					: ofSteps(runs)
							.all()
							.map((s) => [s.run, s])
			);
			const counts = new Map(
				runs.length === 0
					? []
					: ofArtifacts(runs)
							.all()
							.map((s) => [s.run, s.count])
			);
			return (run) => {
				const sum = stepSums.get(run);
				return {
					total_tokens_used: sum?.total_tokens_used ?? 0,
					cost_usd: sum?.cost_usd ?? null,
					cost_complete: (sum?.unpriced ?? 0) === 0,
					steps_total: sum?.steps_total ?? 0,
					steps_done: sum?.steps_done ?? 0,
					steps_reused: sum?.steps_reused ?? 0,
					saved_tokens: sum?.saved_tokens ?? 0,
					saved_cost_usd: sum?.saved_cost_usd ?? null,
					artifact_count: counts.get(run) ?? 0
				};
			};
		}
	};
}

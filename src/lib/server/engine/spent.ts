import { eq, sql } from 'drizzle-orm';
import type { RunId } from '../../domain/ids';
import type { Db } from '../db/client';
import { steps } from '../db/schema';
import type { Spent } from './budget';

/** What all steps of a run have used, in all their attempts, as far as it is recorded. */
export function createSpent(db: Db): (run: RunId) => Spent {
	const sums = db.q
		.select({
			tokens: sql<number | null>`sum(${steps.inputTokens} + ${steps.outputTokens})`,
			costUsd: sql<number | null>`sum(${steps.costUsd})`
		})
		.from(steps)
		.where(eq(steps.runId, sql.placeholder('run')))
		.prepare();
	return (run) => {
		const found = sums.get({ run });
		return { tokens: found?.tokens ?? 0, costUsd: found?.costUsd ?? 0 };
	};
}

import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { RunId } from '../../domain/ids';
import type { Reuse } from '../../domain/run';
import type { NewRunEvent } from '../../domain/run-event';
import { toReuse } from '../runs/rows';
import type { Db } from '../db/client';
import { steps } from '../db/schema';
import type { ActiveRun } from './active-run';
import type { Task } from './dispatch';
import type { Counters } from './step-store';

export type ReuseStore = ReturnType<typeof createReuseStore>;

/** Statements on steps that are taken over. What changes rows belongs inside a write unit. */
export function createReuseStore({ q }: Pick<Db, 'q'>, now: () => Date) {
	const p = sql.placeholder;
	const ofRun = eq(steps.runId, p('run'));
	const own = and(ofRun, eq(steps.agentId, p('agent')));
	const attempt = q.select({ attempt: steps.attempt }).from(steps).where(own).prepare();
	const answers = q
		.select({ agentId: steps.agentId, answer: steps.answer })
		.from(steps)
		.where(ofRun)
		.prepare();
	const reused = q
		.select({ agentId: steps.agentId, reused: steps.reused })
		.from(steps)
		.where(and(ofRun, isNotNull(steps.reused)))
		.prepare();
	const takeOver = q
		.update(steps)
		.set({
			status: 'completed',
			epoch: sql`${steps.epoch} + 1`,
			attempt: sql`${steps.attempt} + 1`,
			answer: sql`${p('answer')}`,
			reused: sql`${p('reused')}`,
			costUsd: sql`${p('cost')}`,
			startedAt: sql`${p('at')}`,
			endedAt: sql`${p('at')}`
		})
		.where(and(own, eq(steps.epoch, p('epoch')), eq(steps.status, 'waiting')))
		.prepare();

	const reusedIn = (run: RunId) =>
		reused.all({ run }).map((row) => ({ agentId: row.agentId, reuse: toReuse(row.reused) }));

	return {
		/** 0 when the step was never begun and never taken over. */
		attempt: (run: RunId, agent: string): number => attempt.get({ run, agent })?.attempt ?? 0,
		/** Of all steps, by agent. */
		answers: (run: RunId): Map<string, string | null> =>
			new Map(answers.all({ run }).map((row) => [row.agentId, row.answer])),
		/** The agents whose steps were taken over. */
		reused: (run: RunId): string[] => reusedIn(run).map(({ agentId }) => agentId),
		/** Completes a waiting step with what was done before. Null when it does not wait any more. */
		takeOver({ runId, agentId, epoch }: Task, text: string, reuse: Reuse): Counters | null {
			const costUsd = reuse.cost_usd === null ? null : 0;
			const { changes } = takeOver.run({
				run: runId,
				agent: agentId,
				epoch,
				answer: text,
				reused: JSON.stringify(reuse),
				cost: costUsd,
				at: now().getTime()
			});
			if (changes !== 1) return null;
			return { agentId, turns: 0, toolsUsed: [], inputTokens: 0, outputTokens: 0, costUsd };
		},
		/** What a re-run did not have to pay for again, for the end of its log. */
		saved(run: ActiveRun): NewRunEvent[] {
			if (run.rerunOf === null) return [];
			const taken = reusedIn(run.id).map(({ reuse }) => reuse);
			if (taken.length === 0) return [];
			const tokens = taken.reduce((sum, r) => sum + r.input_tokens + r.output_tokens, 0);
			const message = `Reused ${taken.length} of ${run.agents.length} steps; saved ${tokens} tokens.`;
			return [{ type: 'log', data: { level: 'info', message } }];
		}
	};
}

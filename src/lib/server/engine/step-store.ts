import { and, asc, eq, sql } from 'drizzle-orm';
import type { AgentId, RunId } from '../../domain/ids';
import type { Failure, Reuse, StepStatus } from '../../domain/run';
import type { NewRunEvent } from '../../domain/run-event';
import type { ToolCall, Usage } from '../models/model';
import { toNames, toStepStatus } from '../runs/rows';
import type { Db } from '../db/client';
import { steps, toolCalls, turns } from '../db/schema';
import { goesOn, type Task } from './dispatch';
import { hotStatements } from './hot-statements';
import { StaleClaim } from './interrupt';
import { callRecordSchema, turnRecordSchema, type CallRecord, type TurnRecord } from './record';
import { createSpent } from './spent';

/** What a step has used so far: turns and tools of this attempt, tokens and money of all. */
export interface Counters {
	agentId: string;
	turns: number;
	toolsUsed: string[];
	inputTokens: number;
	outputTokens: number;
	costUsd: number | null;
}

/** The right to work on a step, until somebody else claims it. */
export interface Claim extends Counters {
	runId: RunId;
	agentId: AgentId;
	epoch: number;
	attempt: number;
}

/** Where a step stands, and what claims it. */
export interface StepStanding {
	agentId: string;
	status: StepStatus;
	epoch: number;
}

export type StepStore = ReturnType<typeof createStepStore>;

/** Statements on steps, turns and tool calls. What changes rows belongs inside a write unit. */
export function createStepStore(db: Db, now: () => Date) {
	const p = sql.placeholder;
	const own = and(eq(steps.runId, p('run')), eq(steps.agentId, p('agent')));
	const mine = and(own, eq(steps.epoch, p('epoch')), eq(steps.status, 'running'));
	const attemptOf = <T extends typeof turns | typeof toolCalls>(table: T) =>
		and(eq(table.runId, p('run')), eq(table.agentId, p('agent')), eq(table.attempt, p('attempt')));
	const counters = {
		runId: steps.runId,
		agentId: steps.agentId,
		epoch: steps.epoch,
		attempt: steps.attempt,
		turns: steps.turns,
		toolsUsed: steps.toolsUsed,
		inputTokens: steps.inputTokens,
		outputTokens: steps.outputTokens,
		costUsd: steps.costUsd
	};
	const { claimFresh, finish, insertTurn } = hotStatements(db.raw);
	const claimAgain = db.q
		.update(steps)
		.set({ epoch: sql`${steps.epoch} + 1` })
		.where(mine)
		.returning(counters)
		.prepare();
	const holds = db.q.select({ epoch: steps.epoch }).from(steps).where(mine).prepare();
	const progress = db.q
		.update(steps)
		.set({
			turns: sql`${p('turns')}`,
			toolsUsed: sql`${p('tools')}`,
			inputTokens: sql`${p('input')}`,
			outputTokens: sql`${p('output')}`,
			costUsd: sql`${p('cost')}`
		})
		.where(mine)
		.prepare();
	const settle = db.q
		.update(steps)
		.set({ status: sql`${p('status')}`, error: sql`${p('error')}`, endedAt: sql`${p('at')}` })
		.where(and(own, eq(steps.status, sql`${p('from')}`)))
		.returning(counters)
		.prepare();
	const insertCall = db.q
		.insert(toolCalls)
		.values({
			runId: p('run'),
			agentId: p('agent'),
			attempt: p('attempt'),
			turn: p('turn'),
			position: p('position'),
			callId: p('call'),
			tool: p('tool'),
			arguments: p('arguments'),
			result: p('result'),
			ok: p('ok'),
			startedAt: p('started'),
			endedAt: p('ended')
		})
		.prepare();
	const turnRows = db.q
		.select({ record: turns.record })
		.from(turns)
		.where(attemptOf(turns))
		.orderBy(asc(turns.turn))
		.prepare();
	const callRows = db.q.select().from(toolCalls).where(attemptOf(toolCalls)).prepare();
	const answer = db.q.select({ answer: steps.answer }).from(steps).where(own).prepare();
	const spent = createSpent(db);
	const said = db.raw
		.prepare<[run: string, message: string], number>(
			`select exists (select 1 from run_events
			where run_id = ? and type = 'log' and data ->> 'message' = ?)`
		)
		.pluck();
	const statuses = db.q
		.select({ agentId: steps.agentId, status: steps.status, epoch: steps.epoch })
		.from(steps)
		.where(eq(steps.runId, p('run')))
		.orderBy(asc(steps.position))
		.prepare();

	const keyOf = (c: Claim) => ({ run: c.runId, agent: c.agentId, epoch: c.epoch });
	const recordOf = (c: Claim) => ({ run: c.runId, agent: c.agentId, attempt: c.attempt });

	return {
		/** Null when somebody else was faster, or the step may not start any more. */
		claim(task: Task): Claim | null {
			const { runId, agentId, epoch } = task;
			if (!goesOn(task)) {
				const fresh = claimFresh.get(now().getTime(), runId, agentId, epoch);
				return fresh
					? { ...fresh, runId, agentId, epoch: epoch + 1, turns: 0, toolsUsed: [] }
					: null;
			}
			const row = claimAgain.get({ run: runId, agent: agentId, epoch });
			return row ? { ...row, runId, agentId, toolsUsed: toNames(row.toolsUsed) } : null;
		},
		/** @throws StaleClaim */
		require(claim: Claim): void {
			if (!holds.get(keyOf(claim))) throw new StaleClaim();
		},
		/** Stores the claim's counters. @throws StaleClaim */
		progress(claim: Claim): void {
			const { changes } = progress.run({
				...keyOf(claim),
				turns: claim.turns,
				tools: JSON.stringify(claim.toolsUsed),
				input: claim.inputTokens,
				output: claim.outputTokens,
				cost: claim.costUsd
			});
			if (changes !== 1) throw new StaleClaim();
		},
		/** Ends the step and stores the claim's counters. @throws StaleClaim */
		finish(claim: Claim, status: StepStatus, text: string | null, error: Failure | null): void {
			const { changes } = finish.run({
				run: claim.runId,
				agent: claim.agentId,
				epoch: claim.epoch,
				turns: claim.turns,
				tools: JSON.stringify(claim.toolsUsed),
				input: claim.inputTokens,
				output: claim.outputTokens,
				cost: claim.costUsd,
				status,
				answer: text,
				error: error && JSON.stringify(error),
				at: now().getTime()
			});
			if (changes !== 1) throw new StaleClaim();
		},
		/** Ends a step that nobody works on. Null when it is not as expected any more. */
		settle(
			runId: RunId,
			agent: string,
			change: { from: StepStatus; to: StepStatus; error: Failure | null }
		): Counters | null {
			const row = settle.get({
				run: runId,
				agent,
				from: change.from,
				status: change.to,
				error: change.error && JSON.stringify(change.error),
				at: now().getTime()
			});
			return row ? { ...row, toolsUsed: toNames(row.toolsUsed) } : null;
		},
		recordTurn(claim: Claim, turn: number, record: TurnRecord): void {
			const { runId, agentId, attempt } = claim;
			insertTurn.run(runId, agentId, attempt, turn, JSON.stringify(record), now().getTime());
		},
		turns(claim: Claim): TurnRecord[] {
			return turnRows.all(recordOf(claim)).map((row) => turnRecordSchema.parse(row.record));
		},
		recordCall(
			claim: Claim,
			place: { turn: number; position: number },
			call: ToolCall,
			answered: { ok: boolean; record: CallRecord; started: Date; ended: Date }
		): void {
			insertCall.run({
				...recordOf(claim),
				...place,
				call: call.id,
				tool: call.name,
				arguments: call.arguments ?? null,
				result: answered.record,
				ok: answered.ok,
				started: answered.started,
				ended: answered.ended
			});
		},
		/** By `turn:position`. */
		calls(claim: Claim): Map<string, { ok: boolean; record: CallRecord }> {
			return new Map(
				callRows
					.all(recordOf(claim))
					.map((row) => [
						`${row.turn}:${row.position}`,
						{ ok: row.ok, record: callRecordSchema.parse(row.result) }
					])
			);
		},
		answer(runId: RunId, agent: string): string {
			return answer.get({ run: runId, agent })?.answer ?? '';
		},
		/** Tokens of all steps of the run. */
		tokens(runId: RunId): number {
			return spent(runId).tokens;
		},
		spent,
		/** Whether the run's log has this message. */
		hasSaid: (runId: RunId, message: string): boolean => said.get(runId, message) === 1,
		/** In topological order. */
		statusesById: (runId: RunId): Map<string, StepStatus> =>
			new Map(
				statuses.all({ run: runId }).map((row) => [row.agentId, toStepStatus(row.status)] as const)
			),
		/** Steps that wait for others. */
		waiting: (runId: RunId): string[] =>
			statuses.all({ run: runId }).flatMap((row) => (row.status === 'waiting' ? row.agentId : [])),
		/** In topological order. */
		statuses(runId: RunId): StepStanding[] {
			return statuses
				.all({ run: runId })
				.map((row) => ({ ...row, status: toStepStatus(row.status) }));
		}
	};
}

/** The event that ends a step. */
export function stepFinished(
	used: Counters,
	status: StepStatus,
	answer: string | null,
	error: Failure | null,
	reused?: Reuse
): NewRunEvent {
	return {
		type: 'step_finished',
		agent_id: used.agentId,
		data: {
			status,
			answer,
			error,
			turns: used.turns,
			tools_used: used.toolsUsed,
			input_tokens: used.inputTokens,
			output_tokens: used.outputTokens,
			cost_usd: used.costUsd,
			...(reused ? { reused } : {})
		}
	};
}

/** Adds a turn's usage to the claim's counters. */
export function count(claim: Claim, usage: Usage): void {
	claim.inputTokens += usage.input_tokens;
	claim.outputTokens += usage.output_tokens;
	if (usage.cost_usd !== null) claim.costUsd = (claim.costUsd ?? 0) + usage.cost_usd;
}

import { z } from 'zod';
import type { RunId } from '../../domain/ids';
import type { ApprovalRequest } from '../../domain/run-event';
import type { Db } from '../db/client';
import { toNames } from '../runs/rows';
import { StaleClaim } from './interrupt';
import type { Claim, Counters } from './step-store';

/** Which call of a step: the turn, and its place among the turn's calls. Turn 0: to begin at all. */
export interface Place {
	turn: number;
	position: number;
}

/** What a person said to what was asked for. */
export interface Answered {
	approved: boolean;
	note: string | null;
	/** Names of the session's files as they were shown. */
	files: string[];
}

/** What a person has to decide. */
export interface Pending extends Counters {
	epoch: number;
	request: ApprovalRequest;
}

const askedSchema = z.object({
	turn: z.number(),
	call_id: z.string().optional(),
	tool: z.string().optional(),
	arguments: z.unknown().optional(),
	files: z.array(z.string()),
	reason: z.string(),
	/** How long the step had worked until it asked, in milliseconds. */
	worked_ms: z.number()
});

interface Row {
	turn: number;
	position: number;
	request: string;
	approved: number | null;
	note: string | null;
}

export type ApprovalStore = ReturnType<typeof createApprovalStore>;

/** Statements on what waits for a person. What changes rows belongs inside a write unit. */
export function createApprovalStore({ raw }: Db, now: () => Date) {
	const park = raw.prepare<[Record<string, unknown>]>(
		`update steps
		set status = 'awaiting_approval', turns = @turns, tools_used = @tools, input_tokens = @input,
			output_tokens = @output, cost_usd = @cost
		where run_id = @run and agent_id = @agent and epoch = @epoch and status = 'running'`
	);
	const insert = raw.prepare<[Record<string, unknown>]>(
		`insert into approvals (run_id, agent_id, attempt, turn, position, request, requested_at)
		values (@run, @agent, @attempt, @turn, @position, @request, @at)`
	);
	const ofAttempt = raw.prepare<[run: string, agent: string, attempt: number], Row>(
		`select turn, position, request, approved, note from approvals
		where run_id = ? and agent_id = ? and attempt = ?`
	);
	const lastToBegin = raw.prepare<
		[run: string, agent: string, attempt: number],
		Pick<Row, 'approved' | 'note'>
	>(
		`select approved, note from approvals
		where run_id = ? and agent_id = ? and turn = 0 and attempt < ? and decided_at is not null
		order by attempt desc limit 1`
	);
	const pending = raw.prepare<
		[run: string, agent: string],
		Omit<Counters, 'toolsUsed'> & Row & { attempt: number; epoch: number; tools: string }
	>(
		`select s.agent_id as agentId, s.epoch, s.attempt, s.turns, s.tools_used as tools,
			s.input_tokens as inputTokens, s.output_tokens as outputTokens, s.cost_usd as costUsd,
			a.turn, a.position, a.request, a.approved, a.note
		from steps s join approvals a
			on a.run_id = s.run_id and a.agent_id = s.agent_id and a.attempt = s.attempt
		where s.run_id = ? and s.agent_id = ? and s.status = 'awaiting_approval'
			and a.decided_at is null`
	);
	const decide = raw.prepare<[Record<string, unknown>]>(
		`update approvals set decided_at = @at, approved = @approved, note = @note
		where run_id = @run and agent_id = @agent and attempt = @attempt and turn = @turn
			and position = @position and decided_at is null`
	);
	const goOn = raw.prepare<[run: string, agent: string, epoch: number]>(
		`update steps set status = 'running'
		where run_id = ? and agent_id = ? and epoch = ? and status = 'awaiting_approval'`
	);
	const showWaiting = raw.prepare<[{ run: string; at: number; stage: number }]>(
		`update runs set
			status = iif(w.waits, 'awaiting_approval', 'running'),
			waiting_since = case
				when w.waits then coalesce(waiting_since, @at)
				when @stage then null
				else waiting_since end,
			waited_ms = waited_ms + case
				when w.waits or not @stage or waiting_since is null then 0
				else max(0, @at - waiting_since) end
		from (select exists (
			select 1 from steps where run_id = @run and status = 'awaiting_approval') as waits) as w
		where id = @run and runs.status in ('running', 'awaiting_approval')`
	);
	const parse = (row: Pick<Row, 'request'>) => askedSchema.parse(JSON.parse(row.request));

	return {
		/** The claimed step waits for a person from now on. @throws StaleClaim */
		park(claim: Claim, position: number, request: ApprovalRequest, workedMs: number): void {
			const step = { run: claim.runId, agent: claim.agentId };
			const { changes } = park.run({
				...step,
				epoch: claim.epoch,
				turns: claim.turns,
				tools: JSON.stringify(claim.toolsUsed),
				input: claim.inputTokens,
				output: claim.outputTokens,
				cost: claim.costUsd
			});
			if (changes !== 1) throw new StaleClaim();
			insert.run({
				...step,
				attempt: claim.attempt,
				turn: request.turn,
				position,
				request: JSON.stringify({ ...request, worked_ms: workedMs }),
				at: now().getTime()
			});
		},
		/** What was decided in this attempt, by `turn:position`; and how long the step had worked by then. */
		decided(claim: Claim): { answers: Map<string, Answered>; workedMs: number } {
			const answers = new Map<string, Answered>();
			let workedMs = 0;
			for (const row of ofAttempt.all(claim.runId, claim.agentId, claim.attempt)) {
				const { files, worked_ms } = parse(row);
				workedMs = Math.max(workedMs, worked_ms);
				if (row.approved === null) continue;
				const answer = { approved: row.approved === 1, note: row.note, files };
				answers.set(`${row.turn}:${row.position}`, answer);
			}
			return { answers, workedMs };
		},
		/** What a person said when they refused to let the agent begin, the last time they were asked. */
		refusedBefore(claim: Claim): { note: string | null } | null {
			const last = lastToBegin.get(claim.runId, claim.agentId, claim.attempt);
			return last?.approved === 0 ? { note: last.note } : null;
		},
		/** What the agent waits for; null when it waits for nobody. */
		pending(run: RunId, agent: string): Pending | null {
			const row = pending.get(run, agent);
			if (!row) return null;
			const { worked_ms: _, ...request } = parse(row);
			const { agentId, epoch, turns, inputTokens, outputTokens, costUsd } = row;
			const toolsUsed = toNames(JSON.parse(row.tools));
			return { agentId, epoch, turns, toolsUsed, inputTokens, outputTokens, costUsd, request };
		},
		/** Stores the answer; the step is `running` again. False when somebody else was faster. */
		decide(run: RunId, agent: string, answer: { approved: boolean; note: string | null }): boolean {
			const row = pending.get(run, agent);
			if (!row) return false;
			const { attempt, turn, position, epoch } = row;
			const { changes } = decide.run({
				run,
				agent,
				attempt,
				turn,
				position,
				at: now().getTime(),
				approved: answer.approved ? 1 : 0,
				note: answer.note
			});
			return changes === 1 && goOn.run(run, agent, epoch).changes === 1;
		},
		/**
		 * Makes the run's status say whether one of its steps waits. Its clock stands still from the first
		 * that waits until none does, and further until the run is on stage.
		 */
		showWaiting(run: RunId, onStage: boolean): void {
			showWaiting.run({ run, at: now().getTime(), stage: onStage ? 1 : 0 });
		}
	};
}

import type { Db } from '../db/client';

interface Finish {
	run: string;
	agent: string;
	epoch: number;
	status: string;
	answer: string | null;
	/** JSON, as are `tools`. */
	error: string | null;
	at: number;
	turns: number;
	tools: string;
	input: number;
	output: number;
	cost: number | null;
}

/** What a claim that was not made before takes over: the tokens of earlier attempts. */
interface Fresh {
	attempt: number;
	inputTokens: number;
	outputTokens: number;
	costUsd: number | null;
}

/** The statements that every step passes, bare: they bound how many steps a second there can be. */
export function hotStatements(raw: Db['raw']) {
	return {
		claimFresh: raw.prepare<[at: number, run: string, agent: string, epoch: number], Fresh>(
			`update steps
			set status = 'running', epoch = epoch + 1, attempt = attempt + 1, started_at = ?
			where run_id = ? and agent_id = ? and epoch = ? and status = 'waiting'
			returning attempt, input_tokens as inputTokens, output_tokens as outputTokens,
				cost_usd as costUsd`
		),
		finish: raw.prepare<[Finish]>(
			`update steps
			set status = @status, answer = @answer, error = @error, ended_at = @at, turns = @turns,
				tools_used = @tools, input_tokens = @input, output_tokens = @output, cost_usd = @cost
			where run_id = @run and agent_id = @agent and epoch = @epoch and status = 'running'`
		),
		insertTurn: raw.prepare<
			[run: string, agent: string, attempt: number, turn: number, record: string, at: number]
		>(
			`insert into turns (run_id, agent_id, attempt, turn, record, created_at)
			values (?, ?, ?, ?, ?, ?)`
		)
	};
}

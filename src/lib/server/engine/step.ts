import type { NewRunEvent } from '../../domain/run-event';
import type { Agent } from '../../domain/workflow';
import type { Message, Model, ToolCall, ToolResultMessage, Usage } from '../models/model';
import { turnPolicy } from '../models/turn';
import { delegateTool } from '../tools/delegate';
import type { ToolOutcome } from '../tools/tool';
import type { ActiveRun } from './active-run';
import type { Answered, ApprovalStore, Place } from './approval-store';
import { firstMessage } from './attachments';
import { makeBrief } from './brief';
import { asShown, createConsent, needsConsent, refusedCall, WAITS } from './consent';
import type { Delegate } from './delegate';
import type { EngineDeps } from './deps';
import { StepFailure } from './interrupt';
import type { TurnDeps } from './model-turn';
import { collectOutput, writeOutput } from './output';
import { toMessage, toResult, type CallRecord, type TurnRecord } from './record';
import { askWithinBudget, requireBudget, watchBudget } from './spend';
import { count, type Claim, type StepStore } from './step-store';
import { runTool, toolSpecs, type ToolDeps } from './tool-call';

/** One claimed step and what it needs. */
export interface StepWork {
	deps: EngineDeps;
	steps: StepStore;
	delegate: Delegate;
	run: ActiveRun;
	agent: Agent;
	claim: Claim;
	signal: AbortSignal;
	approvals: ApprovalStore;
	/** How long the step has worked so far, in milliseconds, waiting not counted. */
	workedMs(): number;
	/** Gives the step's place to the next one. */
	free(): void;
}

/** A turn that a model has given, and what is to be written with its record. */
export interface FreshTurn {
	turn: number;
	record: TurnRecord;
	rest: NewRunEvent[];
}

/** What a step's model came to. */
export interface Answer {
	text: string;
	/** The turn it is from, when that is still to be recorded: at once, or with the step's end. */
	fresh: FreshTurn | null;
}

/**
 * Works on a claimed step until its model gives an answer without tool calls, and returns that; or
 * until a person has to agree to something. What was recorded before a restart is not asked again.
 * @throws StepFailure, ModelError, Interrupt, StaleClaim
 */
export async function workOn(work: StepWork): Promise<Answer | typeof WAITS> {
	const { deps, steps, run, agent, claim, approvals } = work;
	const consent = needsConsent(agent) ? createConsent(work) : null;
	if (consent && agent.requires_approval && claim.turns === 0)
		if ((await consent.toBegin()) === WAITS) return WAITS;
	const known = claim.turns > 0 ? steps.turns(claim) : [];
	const answered = known.some((t) => t.calls.length > 0) ? steps.calls(claim) : new Map();
	const upstream = agent.depends_on.map((id) => ({
		agent_id: id,
		answer: steps.answer(run.id, id)
	}));
	const refusal = agent.requires_approval ? approvals.refusedBefore(claim) : null;
	const brief = known[0]?.brief ?? (await makeBrief(run, agent, upstream, deps.sessions, refusal));
	const asking = turnDeps(work);
	const { looksAt } = asking.model;
	const messages: Message[] = [await firstMessage(run, agent, brief, looksAt, deps.sessions)];
	let before: Usage | null = null;

	for (let turn = 1; ; turn += 1) {
		let record = known[turn - 1];
		let fresh: FreshTurn | null = null;
		if (!record) {
			const asked = await askWithinBudget(work, asking, turn, messages, before);
			record = turn === 1 ? { ...asked.record, brief } : asked.record;
			fresh = { turn, record, rest: asked.rest };
			claim.turns = turn;
			count(claim, record.usage);
		}
		if (record.calls.length === 0) return { text: record.text, fresh };
		if (fresh) await recordTurn(work, fresh);
		messages.push(toMessage(record));
		const rounds = deps.config.MAX_TOOL_ROUNDS;
		if (turn > rounds)
			throw new StepFailure(
				'tool_round_limit',
				`The agent called tools in ${rounds} rounds without coming to an answer.`
			);
		const results: ToolResultMessage[] = [];
		for (const [position, call] of record.calls.entries()) {
			const memo = answered.get(`${turn}:${position}`);
			if (!memo) requireBudget(run, agent.id);
			const place = { turn, position };
			const consented = memo ? null : ((await consent?.toCall(place, call)) ?? null);
			if (consented === WAITS) return WAITS;
			const { ok, record: kept } = memo ?? (await callTool(work, place, call, consented));
			results.push(toResult(call, ok, kept));
		}
		messages.push({ role: 'tool', results });
		before = record.usage;
	}
}

function modelOf({ deps, run, agent }: Pick<StepWork, 'deps' | 'run' | 'agent'>): Model {
	return deps.models.get(run.models.get(agent.id) ?? '');
}

function turnDeps({ deps, steps, run, agent, claim }: StepWork): TurnDeps {
	/** What failed attempts took is in the claim, and not in its row. */
	let uncommitted = false;
	return {
		model: modelOf({ deps, run, agent }),
		agent,
		tools: toolSpecs(agent, deps.tools),
		policy: turnPolicy(deps.config, deps.retryDelaysMs),
		failed(usage) {
			if (usage === null) return;
			count(claim, usage);
			uncommitted = true;
		},
		async write(events) {
			const wasted = uncommitted;
			await deps.db.write(() => {
				const warnings = wasted ? watchBudget(run, steps, agent.id) : () => [];
				if (wasted) steps.progress(claim);
				else steps.require(claim);
				deps.events.append(run.id, [...events, ...warnings()]);
			});
			if (wasted) uncommitted = false;
		}
	};
}

/** Records a turn whose step goes on. @throws StaleClaim */
export async function recordTurn(
	{ deps, steps, run, claim }: Pick<StepWork, 'deps' | 'steps' | 'run' | 'claim'>,
	{ turn, record, rest }: FreshTurn
): Promise<void> {
	await deps.db.write(() => {
		const warnings = watchBudget(run, steps, claim.agentId, record.usage);
		steps.progress(claim);
		steps.recordTurn(claim, turn, record);
		deps.events.append(run.id, [...rest, ...warnings()]);
	});
}

/** What the step has taken so far; null while that is nothing, as it is of built-in models. */
function usedBy({ inputTokens, outputTokens, costUsd }: Claim) {
	return inputTokens + outputTokens > 0
		? { input_tokens: inputTokens, output_tokens: outputTokens, cost_usd: costUsd }
		: null;
}

async function callTool(
	work: StepWork,
	place: Place,
	call: ToolCall,
	consented: Answered | null
): Promise<{ ok: boolean; record: CallRecord }> {
	const { deps, steps, run, agent, claim, signal } = work;
	const { turn } = place;
	const named = { turn, call_id: call.id, tool: call.name };
	const used = usedBy(claim);
	await deps.db.write(() => {
		steps.require(claim);
		deps.events.append(run.id, [
			{
				type: 'tool_called',
				agent_id: agent.id,
				data: { ...named, arguments: call.arguments, ...(used ? { used } : {}) }
			}
		]);
	});
	if (call.name === delegateTool.name && agent.allow_delegation)
		return work.delegate({ run, claim, place, call, signal });
	const started = deps.now();
	const outcome =
		consented?.approved === false
			? refusedCall(consented)
			: await runTool(toolDeps(work, consented), agent, call, signal);
	const store = async (): Promise<{ ok: boolean; record: CallRecord }> => {
		// What was asked to stop while it waited for its turn writes nothing any more.
		signal.throwIfAborted();
		const kept = await writeOutput(deps.sessions, run, outcome, deps.log);
		const touched = kept.writes.length + kept.refused.length > 0;
		const collected = touched
			? await collectOutput(deps.collector, run, claim.agentId, kept.refused, deps.log)
			: null;
		const ended = deps.now();
		const record = recordOf(kept, modelOf(work));
		if (!claim.toolsUsed.includes(call.name)) claim.toolsUsed.push(call.name);
		const finished: NewRunEvent = {
			type: 'tool_finished',
			agent_id: agent.id,
			data: {
				...named,
				ok: kept.ok,
				result: kept.result,
				duration_ms: ended.getTime() - started.getTime()
			}
		};
		await deps.db.write(() => {
			steps.progress(claim);
			steps.recordCall(claim, place, call, { ok: kept.ok, record, started, ended });
			collected?.commit();
			deps.events.append(run.id, [...(collected?.events ?? []), finished]);
		});
		return { ok: kept.ok, record };
	};
	return outcome.writes.length + outcome.refused.length > 0 ? run.withOutput(store) : store();
}

function toolDeps({ deps, run }: StepWork, consented: Answered | null): ToolDeps {
	const { tools, sandbox, log, newId, config } = deps;
	const session = deps.sessions.files(run.id);
	return {
		tools,
		sandbox,
		session: consented ? asShown(session, consented.files) : session,
		runId: run.id,
		timeoutMs: config.TOOL_TIMEOUT_S * 1000,
		internet: run.workflow.allow_internet === true,
		log,
		newId
	};
}

/** Media are kept for models that see some. */
function recordOf({ result, media }: ToolOutcome, { looksAt }: Model): CallRecord {
	if (!media || !looksAt) return { result };
	const kept = media.map(({ mimeType, bytes }) => ({
		mimeType,
		base64: Buffer.from(bytes).toString('base64')
	}));
	return { result, media: kept };
}

import { z } from 'zod';
import { DomainError } from '../../domain/errors';
import type { NewRunEvent } from '../../domain/run-event';
import { splice, type Delegation, type LiveGraph, type Spliced } from '../../domain/splice';
import type { ToolCall } from '../models/model';
import { delegateTool } from '../tools/delegate';
import { nodeOf, type ActiveRun } from './active-run';
import type { EngineDeps } from './deps';
import { createGraphStore } from './graph-store';
import type { CallRecord } from './record';
import type { Claim, StepStore } from './step-store';

/** A call of `delegate` by a claimed step. */
export interface DelegateCall {
	run: ActiveRun;
	claim: Claim;
	place: { turn: number; position: number };
	call: ToolCall;
	signal: AbortSignal;
}

interface Outcome {
	ok: boolean;
	record: CallRecord;
}

/** What was asked for, and the model of each new agent as `provider:name`. */
interface Asked {
	delegation: Delegation;
	models: ReadonlyMap<string, string>;
}

/**
 * Carries out a call of `delegate` in one transaction: graph, rows, events and the call's own record.
 * What stands against it is an answer the model can read, and then the graph is as it was.
 * @throws StaleClaim; the signal's reason
 */
export type Delegate = (asking: DelegateCall) => Promise<Outcome>;

export function createDelegate(bound: {
	deps: Pick<EngineDeps, 'db' | 'events' | 'models' | 'now'>;
	steps: StepStore;
	/** The run has another graph, on disk and in memory. */
	changed(run: ActiveRun): void;
}): Delegate {
	const { deps, steps, changed } = bound;
	const { db, events, now } = deps;
	const graphs = createGraphStore(db);

	/** Decides on the rows as they are inside this write unit: another agent may have been faster. */
	function change({ run, claim }: DelegateCall, asked: Asked | string): [Outcome, NewRunEvent[]] {
		if (typeof asked === 'string') return [refused(asked), []];
		const graph = graphs.read(run.id);
		const spliced = splice(graph, claim.agentId, asked.delegation);
		if ('problems' in spliced) return [refused(spliced.problems.join(' ')), []];
		graphs.write(run.id, claim.agentId, spliced, asked.models);
		const { added, removed, rewired } = spliced;
		const data = {
			relation: asked.delegation.relation,
			added: added.map((agent) => nodeOf(agent, asked.models)),
			removed,
			rewired
		};
		return [
			{ ok: true, record: { result: resultOf(spliced, graph) } },
			[{ type: 'graph_changed', agent_id: claim.agentId, data }]
		];
	}

	return async (asking) => {
		const { run, claim, place, call, signal } = asking;
		const started = now();
		const asked = readCall(call, run, deps.models);
		signal.throwIfAborted();
		const outcome = await db.write(() => {
			if (!claim.toolsUsed.includes(call.name)) claim.toolsUsed.push(call.name);
			steps.progress(claim);
			const [made, news] = change(asking, asked);
			const ended = now();
			steps.recordCall(claim, place, call, { ...made, started, ended });
			const finished = {
				turn: place.turn,
				call_id: call.id,
				tool: call.name,
				ok: made.ok,
				result: made.record.result,
				duration_ms: ended.getTime() - started.getTime()
			};
			events.append(run.id, [
				...news,
				{ type: 'tool_finished', agent_id: claim.agentId, data: finished }
			]);
			return made;
		});
		if (outcome.ok) {
			const { agents, models } = graphs.read(run.id);
			run.agents = [...agents];
			run.models = models;
			run.progress = null;
			changed(run);
		}
		return outcome;
	};
}

/** The call with each model resolved, or what is wrong with it. */
function readCall(call: ToolCall, run: ActiveRun, models: EngineDeps['models']): Asked | string {
	const input = delegateTool.input.safeParse(call.arguments);
	if (!input.success)
		return `The arguments of ${call.name} are not right: ${z.prettifyError(input.error)}`;
	const resolved = new Map<string, string>();
	for (const { id, model = 'fast' } of input.data.agents)
		try {
			const name = models.resolve(model);
			if (run.workflow.max_cost_usd !== undefined && models.priced(name) === null)
				return `Agent "${id}" cannot work with "${name}": its price is not known, and the run has a limit in dollars.`;
			resolved.set(id, name);
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
			return `Agent "${id}" cannot work: ${error.message}`;
		}
	return { delegation: input.data, models: resolved };
}

function refused(error: string): Outcome {
	return { ok: false, record: { result: { error } } };
}

/** What the model is told. */
function resultOf({ agents, added, removed }: Spliced, { standing }: LiveGraph): unknown {
	return {
		added: added.map(({ id }) => id),
		removed,
		graph: agents.map(({ id, depends_on }) => ({
			id,
			status: standing.get(id)?.status ?? 'waiting',
			depends_on
		}))
	};
}

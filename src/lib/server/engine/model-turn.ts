import type { NewRunEvent } from '../../domain/run-event';
import type { Agent } from '../../domain/workflow';
import type { Message, Model, ModelError, ToolSpec, Usage } from '../models/model';
import { takeTurn, type TurnHooks, type TurnPolicy } from '../models/turn';
import { createDeltas } from './deltas';
import type { TurnRecord } from './record';

export interface TurnDeps {
	model: Model;
	agent: Agent;
	tools: ToolSpec[];
	policy: TurnPolicy;
	/** Asked before each attempt: what a budget leaves for the answer. */
	bound?(): Promise<number | undefined>;
	/** An attempt came to nothing, having taken this much; null when nobody counted. */
	failed(usage: Usage | null): void;
	/** Stores events of this step, and what it has taken; rejects when the step is no longer ours. */
	write(events: NewRunEvent[]): Promise<void>;
}

/**
 * Takes one turn of a step. What the model streams is written on the way; `rest` is what is to be
 * written together with the record.
 * @throws ModelError when it was given up; the signal's reason when the step has to let go.
 */
export async function askTurn(
	{ model, agent, tools, policy, bound, failed, write }: TurnDeps,
	turn: number,
	messages: Message[],
	signal: AbortSignal
): Promise<{ record: TurnRecord; rest: NewRunEvent[] }> {
	const { id, role, prompt } = agent;
	let deltas = createDeltas(id, turn, write);
	const finish = async (): Promise<NewRunEvent[]> => {
		const rest = deltas.take();
		await deltas.settled();
		return rest;
	};
	const hooks: TurnHooks = {
		...(bound ? { bound } : {}),
		failed,
		text: (text) => deltas.push('text_delta', text),
		thought: (text) => deltas.push('thought_delta', text),
		async again(error, delayMs) {
			await finish();
			await write([againIn(id, turn, delayMs, error)]);
			deltas = createDeltas(id, turn, write);
		}
	};
	try {
		const request = { agent: { id, role, prompt }, messages, tools };
		const record = await takeTurn(model, request, policy, hooks, signal);
		return { record, rest: await finish() };
	} catch (error) {
		const rest = await finish();
		if (rest.length > 0) await write(rest);
		throw error;
	}
}

function againIn(agentId: string, turn: number, delayMs: number, error: ModelError): NewRunEvent {
	const seconds = Math.max(1, Math.round(delayMs / 1000));
	const message = `${error.message} Trying again in ${seconds} s.`;
	return {
		type: 'log',
		agent_id: agentId,
		data: { level: 'warn', message, resume_turn: turn }
	};
}

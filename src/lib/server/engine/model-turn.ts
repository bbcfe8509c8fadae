import type { NewRunEvent } from '../../domain/run-event';
import type { Agent } from '../../domain/workflow';
import type { Message, Model, ModelError, ToolSpec } from '../models/model';
import { takeTurn, type TurnPolicy } from '../models/turn';
import { createDeltas } from './deltas';
import type { TurnRecord } from './record';

export interface TurnDeps {
	model: Model;
	agent: Agent;
	tools: ToolSpec[];
	policy: TurnPolicy;
	/** What a budget leaves for the answer. */
	maxOutputTokens?: number | undefined;
	/** Stores events of this step; rejects when the step is no longer ours. */
	write(events: NewRunEvent[]): Promise<void>;
}

/**
 * Takes one turn of a step. What the model streams is written on the way; `rest` is what is to be
 * written together with the record.
 * @throws ModelError when it was given up; the signal's reason when the step has to let go.
 */
export async function askTurn(
	{ model, agent, tools, policy, maxOutputTokens, write }: TurnDeps,
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
	const hooks = {
		text: (text: string) => deltas.push('text_delta', text),
		thought: (text: string) => deltas.push('thought_delta', text),
		async again(error: ModelError, delayMs: number) {
			await finish();
			await write([againIn(id, turn, delayMs, error)]);
			deltas = createDeltas(id, turn, write);
		}
	};
	try {
		const bound = maxOutputTokens === undefined ? {} : { maxOutputTokens };
		const request = { agent: { id, role, prompt }, messages, tools, ...bound };
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

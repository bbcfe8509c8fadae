import type { NewRunEvent } from '../../domain/run-event';
import type { Agent } from '../../domain/workflow';
import { ModelError, type Message, type Model, type ToolSpec } from '../models/model';
import { createDeltas, type Deltas } from './deltas';
import { pause, within } from './interrupt';
import type { TurnRecord } from './record';

export interface TurnDeps {
	model: Model;
	agent: Agent;
	tools: ToolSpec[];
	idleMs: number;
	/** Waits before each further attempt; as many attempts more as there are entries. */
	retryDelaysMs: readonly number[];
	/** Stores events of this step; rejects when the step is no longer ours. */
	write(events: NewRunEvent[]): Promise<void>;
}

/**
 * Asks the model for one turn, and again after a failure that may pass. What it streams is written on
 * the way; `rest` is what is to be written together with the record.
 * @throws ModelError when it gave up; Interrupt when it was made to stop or the model fell silent.
 */
export async function askTurn(
	deps: TurnDeps,
	turn: number,
	messages: Message[],
	signal: AbortSignal
): Promise<{ record: TurnRecord; rest: NewRunEvent[] }> {
	for (let attempt = 0; ; attempt += 1) {
		const deltas = createDeltas(deps.agent.id, turn, deps.write);
		try {
			const record = await streamTurn(deps, messages, deltas, signal);
			const rest = deltas.take();
			await deltas.settled();
			return { record, rest };
		} catch (error) {
			const rest = deltas.take();
			await deltas.settled();
			const delay = deps.retryDelaysMs[attempt];
			if (!(error instanceof ModelError) || !error.retryable || delay === undefined) {
				if (rest.length > 0) await deps.write(rest);
				throw error;
			}
			await deps.write([againIn(deps.agent.id, turn, delay, error)]);
			await pause(delay, signal);
		}
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

function streamTurn(
	deps: TurnDeps,
	messages: Message[],
	deltas: Deltas,
	parent: AbortSignal
): Promise<TurnRecord> {
	const { model, agent, tools, idleMs } = deps;
	return within(parent, idleMs, 'model_idle_timeout', async (signal, touch) => {
		const { id, role, prompt } = agent;
		const request = { agent: { id, role, prompt }, messages, tools };
		const calls: TurnRecord['calls'] = [];
		let text = '';
		for await (const part of model.streamTurn(request, signal)) {
			// A model that does not listen must not go on writing after it was given up.
			signal.throwIfAborted();
			touch();
			if (part.type === 'text') {
				text += part.text;
				deltas.push('text_delta', part.text);
			} else if (part.type === 'thought') deltas.push('thought_delta', part.text);
			else if (part.type === 'tool_call') calls.push(part.call);
			else if (part.type === 'end') {
				const { provider, model: name, wire, usage } = part;
				return { provider, model: name, wire, text, calls, usage };
			}
		}
		signal.throwIfAborted();
		throw new ModelError(
			'model_incomplete',
			'The model stopped before its answer was complete.',
			true
		);
	});
}

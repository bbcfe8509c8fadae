import type { Model, ModelPart, ToolCall, TurnRequest } from '../model';
import type { Phase } from './history';
import { nextTurn } from './next-turn';

/** What it is, in its own words; begins every answer. */
export const INTRODUCTION =
	'Built-in analyst: I profile data with fixed rules; I do not read the directive as a language model would.';

/** What one turn says and does. Without calls it is the step's answer. */
export interface Turn {
	phase: Phase;
	text: string;
	calls: { name: string; arguments: unknown }[];
}

/**
 * `builtin:analyst`: no network, no randomness, no state but the history it is given, so that the same
 * history always continues in the same way. It is no language model: usage is always 0 tokens, 0 dollars.
 */
export function createAnalyst(): Model {
	return {
		id: 'builtin:analyst',
		async *streamTurn(request: TurnRequest, signal: AbortSignal): AsyncIterable<ModelPart> {
			signal.throwIfAborted();
			const turn = nextTurn(request);
			const number = request.messages.filter((message) => message.role === 'model').length + 1;
			yield { type: 'text', text: turn.text };
			for (const [index, call] of turn.calls.entries()) {
				const made: ToolCall = { id: `turn-${number}-${index + 1}`, ...call };
				yield { type: 'tool_call', call: made };
			}
			yield {
				type: 'end',
				provider: 'builtin',
				model: 'analyst',
				wire: { phase: turn.phase },
				usage: { input_tokens: 0, output_tokens: 0, cost_usd: 0 }
			};
		}
	};
}

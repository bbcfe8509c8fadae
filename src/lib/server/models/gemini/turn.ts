import type { FunctionCall, GenerateContentResponse, Part } from '@google/genai';
import type { ModelPart, ToolCall } from '../model';
import type { Price } from '../prices';
import { requireFinished } from './finish';
import { usageOf } from './usage';
import { foldPart, type WireTurn } from './wire';

/** Gathers the chunks of one turn. */
export function createTurn(model: string, price: Price | null) {
	const parts: Part[] = [];
	const calls: ToolCall[] = [];
	const last: Partial<GenerateContentResponse> = {};
	let finishReason: string | undefined;
	let answered = false;

	function take(part: Part): ModelPart {
		foldPart(parts, part);
		if (part.functionCall) {
			const call = toCall(part.functionCall, calls);
			calls.push(call);
			answered = true;
			return { type: 'tool_call', call };
		}
		if (!part.text) return { type: 'progress' };
		if (part.thought) return { type: 'thought', text: part.text };
		answered ||= part.text.trim() !== '';
		return { type: 'text', text: part.text };
	}

	return {
		/** What there is to show of a chunk; at least one part, so that it is known to have arrived. */
		add(chunk: GenerateContentResponse): ModelPart[] {
			const [candidate] = chunk.candidates ?? [];
			last.usageMetadata = chunk.usageMetadata ?? last.usageMetadata;
			last.promptFeedback = chunk.promptFeedback ?? last.promptFeedback;
			last.responseId = chunk.responseId ?? last.responseId;
			last.modelVersion = chunk.modelVersion ?? last.modelVersion;
			finishReason = candidate?.finishReason ?? finishReason;
			const usage = chunk.usageMetadata && usageOf(chunk.usageMetadata, price);
			const shown = (candidate?.content?.parts ?? []).map(take);
			if (usage) shown.push({ type: 'progress', usage });
			return shown.length > 0 ? shown : [{ type: 'progress' }];
		},
		/** @throws ModelError when that was no whole turn. */
		end(): ModelPart {
			const blockReason = last.promptFeedback?.blockReason;
			requireFinished({ finishReason, blockReason, answered, calls });
			const wire: WireTurn = {
				content: { role: 'model', parts },
				finish_reason: finishReason ?? '',
				response_id: last.responseId ?? null,
				model_version: last.modelVersion ?? null
			};
			const usage = usageOf(last.usageMetadata, price);
			return { type: 'end', provider: 'gemini', model, wire, usage };
		}
	};
}

/** The call under its own id, or under one that no other call of the turn has. */
function toCall({ id, name = '', args = {} }: FunctionCall, others: ToolCall[]): ToolCall {
	const taken = (wanted: string) => others.some((other) => other.id === wanted);
	let unique = id;
	for (let n = others.length + 1; !unique || taken(unique); n += 1) unique = `call-${n}`;
	return { id: unique, name, arguments: args };
}

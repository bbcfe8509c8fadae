import type { Message, Model, ModelPart, ToolCall, TurnRequest } from '../model';

/** What one turn came to. */
export interface Heard {
	text: string;
	thoughts: string;
	calls: ToolCall[];
	end: Extract<ModelPart, { type: 'end' }>;
}

const toolNames = ['list_files', 'read_file', 'write_file'];

/** A request of an agent that has three tools. */
export function requestWith(messages: Message[], more: Partial<TurnRequest> = {}): TurnRequest {
	return {
		agent: { id: 'a', role: 'worker', prompt: 'You count.' },
		messages,
		tools: toolNames.map((name) => ({
			name,
			description: name,
			parameters: { type: 'object', properties: {} }
		})),
		...more
	};
}

export const go: Message = { role: 'user', text: 'Go.' };

/** Takes one turn without limits or retries. */
export async function hear(
	model: Model,
	request: TurnRequest,
	signal: AbortSignal = new AbortController().signal
): Promise<Heard> {
	const heard = { text: '', thoughts: '', calls: [] as ToolCall[] };
	for await (const part of model.streamTurn(request, signal)) {
		if (part.type === 'text') heard.text += part.text;
		else if (part.type === 'thought') heard.thoughts += part.text;
		else if (part.type === 'tool_call') heard.calls.push(part.call);
		else if (part.type === 'end') return { ...heard, end: part };
	}
	throw new Error('no end');
}

/** The turn as a message of the conversation. */
export function asMessage({ text, calls, end }: Heard): Message {
	const { provider, model, wire } = end;
	return { role: 'model', provider, model, wire, text, calls };
}

/** An answer to each of the calls. */
export function answersTo(
	calls: ToolCall[],
	media?: { mimeType: string; base64: string }[]
): Message {
	return {
		role: 'tool',
		results: calls.map(({ id, name }, index) => ({
			call_id: id,
			name,
			ok: index !== 1,
			result: index === 1 ? { error: 'No such file.' } : { content: `of ${name}` },
			...(media ? { media } : {})
		}))
	};
}

import { ModelError } from '../model';
import type { Message, Model, ModelPart, ToolResultMessage, TurnRequest } from '../model';
import { createGemini, type GeminiDeps } from './gemini';
import type { GeminiStandIn } from '../../../../tests/support/gemini/stand-in';

export const MODEL = 'gemini-3.8-flash';

/** The model against the stand-in, like the one that the server makes. */
export function modelOf(standIn: GeminiStandIn, more: Partial<GeminiDeps> = {}): Model {
	const { apiKey, url: baseUrl } = standIn;
	return createGemini({ apiKey, baseUrl, model: MODEL, price: null, ...more });
}

const parameters = { type: 'object', properties: {}, additionalProperties: true };

/** A request with one user message, or with these messages. */
export function asking(
	messages: Message[] | string = 'Look at the files.',
	more: Partial<TurnRequest> = {}
): TurnRequest {
	return {
		agent: { id: 'a', role: 'worker', prompt: 'You are a.' },
		messages: typeof messages === 'string' ? [{ role: 'user', text: messages }] : messages,
		tools: ['list_files', 'read_file', 'write_file'].map((name) => ({
			name,
			description: name,
			parameters
		})),
		...more
	};
}

export interface Heard {
	parts: ModelPart[];
	text: string;
	thoughts: string;
	calls: { id: string; name: string; arguments: unknown }[];
	end: Extract<ModelPart, { type: 'end' }>;
}

/** One turn, to its end. */
export async function hear(
	model: Model,
	request: TurnRequest,
	signal: AbortSignal = new AbortController().signal
): Promise<Heard> {
	const parts: ModelPart[] = [];
	for await (const part of model.streamTurn(request, signal)) parts.push(part);
	const end = parts.at(-1);
	if (end?.type !== 'end') throw new Error('The turn has no end.');
	const textOf = (type: 'text' | 'thought') =>
		parts.flatMap((part) => (part.type === type ? part.text : [])).join('');
	return {
		parts,
		text: textOf('text'),
		thoughts: textOf('thought'),
		calls: parts.flatMap((part) => (part.type === 'tool_call' ? part.call : [])),
		end
	};
}

/** The failure of a turn. @throws Error when there is none, or one that is no ModelError. */
export async function failure(model: Model, request = asking()): Promise<ModelError> {
	try {
		await hear(model, request);
	} catch (error) {
		if (error instanceof ModelError) return error;
		throw error;
	}
	throw new Error('The turn did not fail.');
}

/** The turn as the next request has it, after it was kept as JSON and read again. */
export function kept({ text, calls, end }: Heard): Extract<Message, { role: 'model' }> {
	const { provider, model, wire } = end;
	const stored: unknown = JSON.parse(JSON.stringify(wire));
	return { role: 'model', provider, model, wire: stored, text, calls };
}

/** What the tools answer: each call's own name, unless said otherwise. */
export function answered(
	{ calls }: Pick<Heard, 'calls'>,
	answer: (name: string) => Partial<ToolResultMessage> = () => ({})
): Message {
	return {
		role: 'tool',
		results: calls.map(({ id, name }) => ({
			call_id: id,
			name,
			ok: true,
			result: { from: name },
			...answer(name)
		}))
	};
}

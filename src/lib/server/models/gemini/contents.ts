import type { Content, FunctionResponse, Part } from '@google/genai';
import type { Message, ToolCall, ToolResultMessage } from '../model';
import { takesMediaInAnswers } from './family';
import { fitMedia } from './fit';
import { attachmentParts, canSee } from './media';
import { contentOf } from './wire';

/** Stands for the signature of a call that this model did not make itself. */
export const FOREIGN_SIGNATURE = 'skip_thought_signature_validator';

type ModelMessage = Extract<Message, { role: 'model' }>;

export interface History {
	/** The bare name of the model that is asked. */
	model: string;
	/** Of a kept turn: its signatures were refused and are not to be sent again. */
	unsigned(wire: unknown): boolean;
}

/**
 * The history as Gemini takes it. Its own turns go back exactly as they came. Turns of other models
 * become plain text and calls, without their thoughts. All answers to the calls of a turn stand in one
 * content, in the order of the calls. No content is empty, and the last one is never the model's.
 */
export function toContents(messages: readonly Message[], history: History): Content[] {
	const contents: Content[] = [];
	let asked: { calls: ToolCall[]; content: Content } = { calls: [], content: {} };
	for (const message of messages) {
		if (message.role === 'user') {
			const parts = [
				{ text: message.text },
				...(message.attachments ?? []).flatMap(attachmentParts)
			];
			contents.push({ role: 'user', parts });
		} else if (message.role === 'model') {
			const content = modelContent(message, history);
			asked = { calls: message.calls, content };
			if (content.parts?.length) contents.push(content);
		} else {
			const parts = answers(asked, message.results, takesMediaInAnswers(history.model));
			if (parts.length > 0) contents.push({ role: 'user', parts });
		}
	}
	if (contents.at(-1)?.role !== 'user')
		contents.push({ role: 'user', parts: [{ text: 'Go on.' }] });
	return fitMedia(contents);
}

function modelContent(message: ModelMessage, { model, unsigned }: History): Content {
	const own = message.provider === 'gemini' && message.model === model;
	const content = own ? contentOf(message.wire) : null;
	if (content && !unsigned(message.wire)) return content;
	return { role: 'model', parts: content ? withoutSignatures(content.parts) : neutral(message) };
}

/** The same turn as if another model had given it: ids and names stay. */
function withoutSignatures(parts: Part[]): Part[] {
	const kept = parts.flatMap(({ text, thought, functionCall }): Part[] => {
		if (thought) return [];
		if (functionCall) return [{ functionCall }];
		return text ? [{ text }] : [];
	});
	return signFirst(kept);
}

function neutral({ text, calls }: ModelMessage): Part[] {
	const said: Part[] = text === '' ? [] : [{ text }];
	const called = calls.map(({ id, name, arguments: args }): Part => ({
		functionCall: { id, name, args: isRecord(args) ? args : { input: args ?? null } }
	}));
	return signFirst([...said, ...called]);
}

function signFirst(parts: Part[]): Part[] {
	const first = parts.findIndex((part) => part.functionCall);
	return parts.map((part, index) =>
		index === first ? { ...part, thoughtSignature: FOREIGN_SIGNATURE } : part
	);
}

function answers(
	asked: { calls: ToolCall[]; content: Content },
	results: ToolResultMessage[],
	mediaInside: boolean
): Part[] {
	const received = (asked.content.parts ?? []).flatMap(({ functionCall }) => functionCall ?? []);
	const beside: Part[] = [];
	const parts = asked.calls.map(({ id, name }, index): Part => {
		const result = results.find((one) => one.call_id === id);
		const call = received[index];
		const shown = (result?.media ?? []).filter((one) => canSee(one.mimeType));
		const inline = shown.map(({ mimeType, base64 }) => ({
			inlineData: { mimeType, data: base64 }
		}));
		if (!mediaInside) beside.push(...inline);
		const answer: FunctionResponse = {
			...(call?.id === undefined ? {} : { id: call.id }),
			name: call?.name ?? name,
			response: responseOf(result),
			...(mediaInside && inline.length > 0 ? { parts: inline } : {})
		};
		return { functionResponse: answer };
	});
	return [...parts, ...beside];
}

function responseOf(result: ToolResultMessage | undefined): Record<string, unknown> {
	if (!result) return { error: 'This call was not answered.' };
	const { ok, media = [] } = result;
	const hidden = media.filter((one) => !canSee(one.mimeType)).map((one) => one.mimeType);
	const note = hidden.length > 0 ? { note: `You cannot be shown ${hidden.join(', ')}.` } : {};
	const value = result.result ?? null;
	if (ok) return { output: value, ...note };
	return { error: errorOf(value) ?? value, ...note };
}

/** The words of a refusal; null when a result holds more than them and their code. */
function errorOf(value: unknown): string | null {
	if (!isRecord(value) || typeof value.error !== 'string') return null;
	const known = Object.keys(value).every((key) => key === 'error' || key === 'reason');
	return known ? value.error : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

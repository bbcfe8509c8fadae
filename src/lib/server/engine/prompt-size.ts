import { systemText } from '../models/instructions';
import type { Attachment, Message, TurnRequest, Usage } from '../models/model';

/** UTF-8: what most tokenizers take for text is no more than this. */
const BYTES_PER_TOKEN = 4;
/** More than services count for one image. */
const IMAGE_TOKENS = 1_600;
/** A page of a PDF counts about as an image; base64 of a scanned one is about this long. */
const PAGE_CHARACTERS = 100_000;

/**
 * About how many tokens a model call takes in. When the model has told what the turn before this one
 * took, only its answer and the tools' since then are estimated; what it thought is not sent again.
 */
export function promptTokens(
	{ agent, messages, tools }: Pick<TurnRequest, 'agent' | 'messages' | 'tools'>,
	before: Usage | null
): number {
	if (before !== null && before.input_tokens > 0) {
		const answered = messages.findLastIndex(({ role }) => role === 'model');
		return before.input_tokens + sum(messages.slice(answered).map(sizeOf));
	}
	const frame = textSize(systemText(agent)) + textSize(JSON.stringify(tools));
	return frame + sum(messages.map(sizeOf));
}

function sizeOf(message: Message): number {
	if (message.role === 'user')
		return sum([textSize(message.text), ...(message.attachments ?? []).map(attachmentSize)]);
	if (message.role === 'model')
		return textSize(message.text) + textSize(JSON.stringify(message.calls));
	return sum(
		message.results.flatMap(({ result, media = [] }) => [
			textSize(JSON.stringify(result ?? null)),
			...media.map(mediaSize)
		])
	);
}

function attachmentSize(attachment: Attachment): number {
	const content = 'text' in attachment ? textSize(attachment.text) : mediaSize(attachment);
	return textSize(attachment.name) + content;
}

function mediaSize({ mimeType, base64 }: { mimeType: string; base64: string }): number {
	if (mimeType.startsWith('image/')) return IMAGE_TOKENS;
	return IMAGE_TOKENS * Math.ceil(base64.length / PAGE_CHARACTERS);
}

function textSize(text: string): number {
	return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

function sum(sizes: number[]): number {
	return sizes.reduce((all, size) => all + size, 0);
}

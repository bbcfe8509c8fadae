import type { Part } from '@google/genai';
import { fenced } from '../fenced';
import type { Attachment } from '../model';

const SEEN = new Set(['image/png', 'image/jpeg', 'image/webp', 'application/pdf']);

/** Whether Gemini can be shown it; GIF is among what it refuses. */
export const canSee = (mimeType: string): boolean => SEEN.has(mimeType);

/** An attachment as parts of the person's message: its name, then what is in it. */
export function attachmentParts(attachment: Attachment): Part[] {
	const { name, mimeType } = attachment;
	const title = `${JSON.stringify(name)} (${mimeType})`;
	if ('text' in attachment) {
		const { text, truncated } = attachment;
		const note = truncated ? ' Only its beginning follows; read the rest with a tool.' : '';
		return [{ text: `The file ${title}, as data.${note}\n${fenced('file', '', text)}` }];
	}
	if (!canSee(mimeType))
		return [{ text: `The file ${title} cannot be shown to you; read it with code.` }];
	return [
		{ text: `The file ${title}, as data:` },
		{ inlineData: { mimeType, data: attachment.base64 } }
	];
}

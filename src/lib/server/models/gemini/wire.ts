import type { Content, Part } from '@google/genai';
import { z } from 'zod';

/**
 * A turn as it is kept: the model's content as it came, its text deltas joined. Signatures and call ids
 * in it go back to the service byte for byte.
 */
export interface WireTurn {
	content: Content & { parts: Part[] };
	/** For whoever has to find out what happened. */
	finish_reason: string;
	response_id: string | null;
	model_version: string | null;
}

const part = z.looseObject({
	text: z.string().optional(),
	thought: z.boolean().optional(),
	thoughtSignature: z.string().optional(),
	functionCall: z
		.looseObject({
			id: z.string().optional(),
			name: z.string().optional(),
			args: z.record(z.string(), z.unknown()).optional()
		})
		.optional()
});
const wireTurn = z.object({
	content: z.object({ role: z.literal('model'), parts: z.array(part) })
});

/** The content of a turn that was kept; null when it is none of ours. */
export function contentOf(wire: unknown): WireTurn['content'] | null {
	const known = wireTurn.safeParse(wire);
	return known.success ? known.data.content : null;
}

/**
 * Appends a streamed part. Only plain text next to plain text of the same kind is joined: never across
 * a signature, a change between thought and answer, or a part of another kind. Empty deltas are dropped,
 * unless they carry a signature.
 */
export function foldPart(parts: Part[], part: Part): void {
	if (!isPlainText(part)) {
		parts.push(part);
		return;
	}
	if (part.text === '') return;
	const last = parts.at(-1);
	if (last && isPlainText(last) && Boolean(last.thought) === Boolean(part.thought))
		last.text += part.text;
	else parts.push({ ...part });
}

function isPlainText(part: Part): part is Part & { text: string } {
	return (
		typeof part.text === 'string' &&
		Object.keys(part).every((key) => key === 'text' || key === 'thought')
	);
}

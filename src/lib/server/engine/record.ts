import { z } from 'zod';
import type { Brief, Message, ToolResultMessage } from '../models/model';

const briefSchema = z.object({
	directive: z.string(),
	files: z.array(
		z.object({
			name: z.string(),
			size_bytes: z.number(),
			content_type: z.string(),
			from: z.enum(['input', 'output'])
		})
	),
	upstream: z.array(z.object({ agent_id: z.string(), answer: z.string() })),
	refusal: z.object({ note: z.string().nullable() }).exactOptional()
});

/** A model's turn as it is kept, so that the same question is never asked twice. */
export const turnRecordSchema = z.object({
	provider: z.string(),
	model: z.string(),
	/** The provider's own message, verbatim. */
	wire: z.unknown(),
	text: z.string(),
	calls: z.array(z.object({ id: z.string(), name: z.string(), arguments: z.unknown() })),
	usage: z.object({
		input_tokens: z.number(),
		output_tokens: z.number(),
		cost_usd: z.number().nullable()
	}),
	/** First turn only: what the step was given, so that a restart gives it the same. */
	brief: briefSchema.optional()
});
export type TurnRecord = z.infer<typeof turnRecordSchema>;

export function toMessage(record: TurnRecord): Message {
	const { provider, model, wire, text, calls } = record;
	return { role: 'model', provider, model, wire, text, calls };
}

/** A tool's answer as it is kept: with its media, so that a restart shows the model the same. */
export const callRecordSchema = z.object({
	result: z.unknown(),
	media: z.array(z.object({ mimeType: z.string(), base64: z.string() })).optional()
});
export type CallRecord = z.infer<typeof callRecordSchema>;

/** A message of the tool's answer to the call. */
export function toResult(
	call: { id: string; name: string },
	ok: boolean,
	record: CallRecord
): ToolResultMessage {
	const { result, media } = record;
	return { call_id: call.id, name: call.name, ok, result, ...(media ? { media } : {}) };
}

export type { Brief };

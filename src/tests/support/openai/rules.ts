import { z } from 'zod';

const text = z.strictObject({ type: z.literal('text'), text: z.string().min(1) });
const image = z.strictObject({
	type: z.literal('image_url'),
	image_url: z.strictObject({
		url: z.string().regex(/^data:image\/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+=*$/)
	})
});
const toolName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const jsonObject = z.string().refine((raw) => {
	const value: unknown = JSON.parse(raw);
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}, 'arguments must be the JSON of an object');
const call = z.strictObject({
	id: z.string().min(1).max(64),
	type: z.literal('function'),
	function: z.strictObject({ name: toolName, arguments: jsonObject })
});
const message = z.discriminatedUnion('role', [
	z.strictObject({ role: z.literal('system'), content: z.string().min(1) }),
	z.strictObject({
		role: z.literal('user'),
		content: z.union([z.string().min(1), z.array(z.union([text, image])).min(1)])
	}),
	z.strictObject({
		role: z.literal('assistant'),
		content: z.string(),
		tool_calls: z.array(call).min(1).optional()
	}),
	z.strictObject({ role: z.literal('tool'), tool_call_id: z.string(), content: z.string() })
]);

export const bodySchema = z.strictObject({
	model: z.string().min(1),
	messages: z.array(message).min(1),
	stream: z.literal(true),
	stream_options: z.strictObject({ include_usage: z.boolean() }).optional(),
	tools: z
		.array(
			z.strictObject({
				type: z.literal('function'),
				function: z.strictObject({
					name: toolName,
					description: z.string(),
					parameters: z.looseObject({ type: z.literal('object') })
				})
			})
		)
		.min(1)
		.optional(),
	response_format: z
		.strictObject({
			type: z.literal('json_schema'),
			json_schema: z.strictObject({
				name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
				schema: z.looseObject({ type: z.literal('object') })
			})
		})
		.optional(),
	max_tokens: z.int().positive().optional(),
	max_completion_tokens: z.int().positive().optional()
});
export type ChatBody = z.infer<typeof bodySchema>;
export type ChatMessage = z.infer<typeof message>;

/** What a real server refuses although every message is well-formed; null when nothing is wrong. */
export function problemOf({ messages }: ChatBody): string | null {
	const seen = new Set<string>();
	const open: string[] = [];
	for (const [at, one] of messages.entries()) {
		if (one.role === 'system' && at > 0) return `messages.${at}: a system message comes first`;
		if (one.role === 'tool') {
			if (open[0] !== one.tool_call_id)
				return `messages.${at}: ${one.tool_call_id} answers no call, or not in place`;
			open.shift();
			continue;
		}
		if (open.length > 0) return `messages.${at}: the call ${open[0]} was not answered before`;
		if (one.role === 'assistant') {
			if (one.content === '' && !one.tool_calls) return `messages.${at}: says nothing`;
			for (const { id } of one.tool_calls ?? []) {
				if (seen.has(id)) return `messages.${at}: the id ${id} occurs twice`;
				seen.add(id);
				open.push(id);
			}
		}
	}
	if (open.length > 0) return `the call ${open[0]} was not answered`;
	const last = messages.at(-1)?.role;
	return last === 'user' || last === 'tool' ? null : `the last message is of ${last}`;
}

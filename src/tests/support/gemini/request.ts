import { z } from 'zod';

const MAX_INLINE = /^(image\/(png|jpeg|webp|heic|heif)|application\/pdf|text\/plain)$/;

const inlineData = z.strictObject({
	mimeType: z.string().regex(MAX_INLINE, 'Unsupported MIME type'),
	data: z.base64().min(1)
});
const functionCall = z.strictObject({
	id: z.string().min(1).optional(),
	name: z.string().regex(/^[a-zA-Z_][\w.:-]{0,127}$/),
	args: z.record(z.string(), z.unknown()).optional()
});
const functionResponse = z.strictObject({
	id: z.string().min(1).optional(),
	name: z.string().min(1),
	response: z.record(z.string(), z.unknown()),
	parts: z.array(z.strictObject({ inlineData })).min(1).optional()
});

const part = z
	.strictObject({
		text: z.string().optional(),
		thought: z.boolean().optional(),
		thoughtSignature: z.base64().or(z.literal('skip_thought_signature_validator')).optional(),
		inlineData: inlineData.optional(),
		functionCall: functionCall.optional(),
		functionResponse: functionResponse.optional()
	})
	.refine(
		(p) =>
			[p.text, p.inlineData, p.functionCall, p.functionResponse].filter((one) => one !== undefined)
				.length === 1,
		'required oneof field "data" must have one initialized field'
	);

const content = z.strictObject({
	role: z.enum(['user', 'model'], { error: 'Please use a valid role: user, model.' }),
	parts: z
		.array(part)
		.min(1, 'contents.parts must not be empty.')
		.refine(
			(parts) => parts.some((p) => p.text !== '' || p.thoughtSignature !== undefined),
			'contents.parts must not be empty.'
		)
});

const jsonSchema = z.record(z.string(), z.unknown());

/** The fields that the service knows; it refuses all others by name. */
export const requestSchema = z.strictObject({
	contents: z.array(content).min(1, 'contents is not specified'),
	systemInstruction: z
		.strictObject({
			role: z.literal('user').optional(),
			parts: z.array(z.strictObject({ text: z.string().min(1) })).min(1)
		})
		.optional(),
	tools: z
		.array(
			z.strictObject({
				functionDeclarations: z
					.array(
						z.strictObject({
							name: z.string().regex(/^[a-zA-Z_][\w.:-]{0,127}$/),
							description: z.string().min(1),
							parametersJsonSchema: jsonSchema.optional()
						})
					)
					.min(1)
			})
		)
		.optional(),
	generationConfig: z
		.strictObject({
			maxOutputTokens: z.number().int().positive().optional(),
			responseMimeType: z.enum(['text/plain', 'application/json']).optional(),
			responseJsonSchema: jsonSchema.optional(),
			thinkingConfig: z
				.strictObject({
					includeThoughts: z.boolean().optional(),
					thinkingLevel: z.enum(['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']).optional(),
					thinkingBudget: z.number().int().optional()
				})
				.refine(
					(c) => c.thinkingLevel === undefined || c.thinkingBudget === undefined,
					'thinking_budget and thinking_level are not supported together'
				)
				.optional()
		})
		.optional(),
	continuationToken: z.string().optional()
});

export type GeminiRequest = z.infer<typeof requestSchema>;
export type GeminiContent = GeminiRequest['contents'][number];
export type GeminiPart = GeminiContent['parts'][number];

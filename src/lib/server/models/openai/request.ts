import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { TurnRequest } from '../model';
import { OPENAI_URL, type Body } from './client';
import type { Feature } from './features';
import { toMessages } from './messages';

/**
 * The request, without what this server has refused before.
 * @param more messages after those of the conversation
 */
export function bodyOf(
	request: TurnRequest,
	server: { model: string; baseUrl: string; without: ReadonlySet<Feature> },
	more: ChatCompletionMessageParam[] = []
): Body {
	const { model, without } = server;
	const { tools, answerSchema } = request;
	const withTools = tools.length > 0 && !without.has('tools');
	const messages = toMessages(request, {
		tools: !without.has('tools'),
		images: !without.has('images'),
		schema: !without.has('response_format')
	});
	return {
		model,
		messages: [...messages, ...more],
		stream: true,
		...(without.has('stream_options') ? {} : { stream_options: { include_usage: true } }),
		...(withTools
			? {
					tools: tools.map(({ name, description, parameters }) => ({
						type: 'function' as const,
						function: { name, description, parameters }
					}))
				}
			: {}),
		...(answerSchema && !without.has('response_format')
			? {
					response_format: {
						type: 'json_schema' as const,
						json_schema: { name: 'answer', schema: answerSchema }
					}
				}
			: {}),
		...limitOf(request.maxOutputTokens, server)
	};
}

/** The newer name is all that OpenAI takes for its newer models, the older one all that many others know. */
function limitOf(
	limit: number | undefined,
	{ baseUrl, without }: { baseUrl: string; without: ReadonlySet<Feature> }
): Partial<Record<'max_tokens' | 'max_completion_tokens', number>> {
	if (limit === undefined) return {};
	const names = ['max_tokens', 'max_completion_tokens'] as const;
	const ordered = baseUrl === OPENAI_URL ? names.toReversed() : names;
	const name = ordered.find((one) => !without.has(one));
	return name ? { [name]: limit } : {};
}

import type { ErrorReply } from './reply';
import type { ChatBody } from './rules';

/** How a kind of server differs from OpenAI's own. */
export interface Kind {
	/** Where its thoughts stand. */
	thoughts: 'reasoning_content' | 'reasoning' | null;
	/** How calls come: in pieces; each at once; each at once and all as number 0, or without number. */
	calls: 'pieces' | 'whole' | 'all_zero' | 'unnumbered';
	/** What its calls are named. */
	ids: 'unique' | 'missing' | 'repeated';
	/** The reason it gives when it calls tools. */
	finishOfCalls: 'tool_calls' | 'stop';
	/** Whether it counts tokens at all. */
	counts: boolean;
	/** What it does not know, by the answer that it gives; null when it knows everything asked. */
	refuse(body: ChatBody): ErrorReply | null;
	/** Its words for a failure. */
	error(status: number, message: string): ErrorReply;
}

export type KindName = 'openai' | 'ollama' | 'llama.cpp' | 'vllm' | 'lmstudio';

const hasImages = ({ messages }: ChatBody) =>
	messages.some(({ content }) => Array.isArray(content));

const openAiError = (status: number, message: string, more: object = {}): ErrorReply => ({
	status,
	body: { error: { message, type: 'invalid_request_error', param: null, code: null, ...more } }
});
const llamaError = (status: number, message: string): ErrorReply => ({
	status,
	body: { error: { code: status, message, type: 'server_error' } }
});
const vllmError = (status: number, message: string): ErrorReply => ({
	status,
	body: { object: 'error', message, type: 'BadRequestError', param: null, code: status }
});
const lmStudioError = (status: number, message: string): ErrorReply => ({
	status,
	body: { error: message }
});

/** The kinds, with everything on that they may refuse. */
export const KINDS: Record<KindName, Kind> = {
	openai: {
		thoughts: null,
		calls: 'pieces',
		ids: 'unique',
		finishOfCalls: 'tool_calls',
		counts: true,
		error: openAiError,
		refuse: ({ max_tokens }) =>
			max_tokens === undefined
				? null
				: openAiError(
						400,
						"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
						{ param: 'max_tokens', code: 'unsupported_parameter' }
					)
	},
	ollama: {
		thoughts: 'reasoning',
		calls: 'all_zero',
		ids: 'unique',
		finishOfCalls: 'stop',
		counts: true,
		error: openAiError,
		refuse: (body) => {
			if (body.tools && body.model === 'gemma:2b')
				return openAiError(400, 'registry.ollama.ai/library/gemma:2b does not support tools', {
					type: 'api_error'
				});
			if (hasImages(body))
				return openAiError(500, 'this model is missing data required for image input');
			return null;
		}
	},
	'llama.cpp': {
		thoughts: 'reasoning_content',
		calls: 'pieces',
		ids: 'missing',
		finishOfCalls: 'tool_calls',
		counts: true,
		error: llamaError,
		refuse: (body) => {
			if (body.tools && body.model === 'no-jinja')
				return llamaError(500, 'tools param requires --jinja flag');
			if (hasImages(body))
				return llamaError(
					500,
					'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj'
				);
			return null;
		}
	},
	vllm: {
		thoughts: 'reasoning_content',
		calls: 'pieces',
		ids: 'repeated',
		finishOfCalls: 'tool_calls',
		counts: true,
		error: vllmError,
		refuse: (body) => {
			if (body.tools && body.model === 'no-parser')
				return vllmError(
					400,
					'"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
				);
			if (body.stream_options && body.model === 'old')
				return {
					status: 422,
					body: {
						detail: [
							{
								type: 'extra_forbidden',
								loc: ['body', 'stream_options'],
								msg: 'Extra inputs are not permitted'
							}
						]
					}
				};
			if (hasImages(body)) return vllmError(400, `${body.model} is not a multimodal model`);
			return null;
		}
	},
	lmstudio: {
		thoughts: 'reasoning_content',
		calls: 'unnumbered',
		ids: 'unique',
		finishOfCalls: 'tool_calls',
		counts: false,
		error: lmStudioError,
		refuse: (body) => {
			if (hasImages(body))
				return lmStudioError(400, 'Model does not support images. Please use a model that does.');
			if (body.response_format)
				return lmStudioError(400, "'response_format.type' must be 'text' for this model");
			return null;
		}
	}
};

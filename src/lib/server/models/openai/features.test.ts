import { expect, test } from 'vitest';
import type { Body } from './client';
import { refusedFeature } from './features';

const body: Body = {
	model: 'm',
	stream: true,
	stream_options: { include_usage: true },
	max_tokens: 5,
	messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }],
	tools: [{ type: 'function', function: { name: 'list_files' } }],
	response_format: { type: 'json_schema', json_schema: { name: 'answer' } }
};

test.each([
	[400, 'Unrecognized request argument supplied: stream_options', 'stream_options'],
	[422, 'body.stream_options: Extra inputs are not permitted', 'stream_options'],
	[400, 'registry.ollama.ai/library/gemma:2b does not support tools', 'tools'],
	[400, '"auto" tool choice requires --enable-auto-tool-choice', 'tools'],
	[404, 'No endpoints found that support tool use', 'tools'],
	[500, 'tools param requires --jinja flag', 'tools'],
	[400, 'tools: Extra inputs are not permitted', 'tools'],
	[400, "'response_format.type' must be 'text'", 'response_format'],
	[400, 'm is not a multimodal model', 'images'],
	[400, 'At most 0 image(s) may be provided in one request', 'images'],
	[500, 'image input is not supported - hint: provide the mmproj', 'images'],
	[400, 'messages[0].content must be a string', 'images'],
	[400, "Unsupported parameter: 'max_tokens' is not supported with this model.", 'max_tokens']
])('%i "%s" is about %s', (status, text, feature) =>
	expect(refusedFeature({ status, text }, body)).toBe(feature)
);

test.each([
	[400, 'the context is too long'],
	[400, 'max_tokens is too large: 99999'],
	[400, "Missing parameter 'tool_call_id': messages with role tool need it"],
	[400, "An assistant message with 'tool_calls' must be followed by tool messages"],
	[400, 'Invalid image data: the file is corrupt'],
	[401, 'this key does not support tools'],
	[429, 'tools are not supported at this rate'],
	[500, 'the tool parser crashed'],
	[503, 'image model is loading']
])('%i "%s" is about no feature', (status, text) =>
	expect(refusedFeature({ status, text }, body)).toBeNull()
);

test('only what was sent can have been refused', () => {
	const plain: Body = { model: 'm', stream: true, messages: [{ role: 'user', content: 'x' }] };
	for (const text of ['does not support tools', 'not a multimodal model', 'stream_options unknown'])
		expect(refusedFeature({ status: 400, text }, plain)).toBeNull();
});

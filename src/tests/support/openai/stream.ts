import type { ServerResponse } from 'node:http';
import type { Kind } from './kinds';
import type { TurnReply } from './reply';
import type { ChatBody } from './rules';

type Write = (event: unknown) => void;

/** Streams one answer in the manner of `kind`, with what goes wrong in it. */
export function streamReply(
	response: ServerResponse,
	reply: TurnReply,
	kind: Kind,
	body: ChatBody,
	count: number
): void {
	response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
	const head = { id: `chatcmpl-${count}`, object: 'chat.completion.chunk', created: 1 };
	const send: Write = (event) => response.write(`data: ${JSON.stringify(event)}\n\n`);
	const delta = (change: object, finish_reason: string | null = null) =>
		send({
			...head,
			model: body.model,
			choices: [{ index: 0, delta: change, logprobs: null, finish_reason }]
		});

	delta({ role: 'assistant', content: null });
	response.write(': keep-alive\n\n');
	const { thoughts = '', text = '', refusal, calls = [], fault } = reply;
	for (const piece of pieces(thoughts)) delta({ [kind.thoughts ?? 'ignored']: piece });
	const [first = '', ...rest] = pieces(text);
	if (first !== '') delta({ content: first });
	if (fault) return failMidway(response, fault, kind);
	for (const piece of rest) delta({ content: piece });
	if (refusal) delta({ refusal });
	sendCalls(delta, calls, kind, count);
	const finish = calls.length > 0 ? kind.finishOfCalls : 'stop';
	if (reply.finish !== null) delta({}, reply.finish ?? finish);
	const { usage = { prompt_tokens: 12, completion_tokens: 5 } } = reply;
	if (kind.counts && usage && body.stream_options?.include_usage) {
		const { cached_tokens, ...tokens } = usage;
		const details = cached_tokens === undefined ? {} : { prompt_tokens_details: { cached_tokens } };
		send({ ...head, model: body.model, choices: [], usage: { ...tokens, ...details } });
	}
	response.write('data: [DONE]\n\n');
	response.end();
}

function failMidway(response: ServerResponse, fault: string, kind: Kind): void {
	if (fault === 'close_midway') response.end();
	else if (fault === 'half_event') response.end('data: {"id":"chatcmpl-1","choi');
	else if (fault === 'error_midway') {
		const { body } = kind.error(500, 'the engine died');
		const error = typeof body === 'object' && body && 'error' in body ? body : { error: body };
		response.end(`data: ${JSON.stringify(error)}\n\n`);
	} else if (fault === 'reset_midway') setImmediate(() => response.socket?.resetAndDestroy());
	else if (fault === 'comments_midway') {
		const timer = setInterval(() => response.write(': still here\n\n'), 2);
		response.once('close', () => clearInterval(timer));
	}
	// `stall_midway`: nothing more is sent.
}

function sendCalls(
	delta: (change: object) => void,
	calls: NonNullable<TurnReply['calls']>,
	kind: Kind,
	count: number
): void {
	for (const [position, call] of calls.entries()) {
		const raw =
			typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
		const id = call.id ?? idOf(kind, count, position);
		const named = { ...(id === null ? {} : { id }), type: 'function' };
		const index = kind.calls === 'all_zero' ? 0 : position;
		const number = kind.calls === 'unnumbered' ? {} : { index };
		if (kind.calls !== 'pieces') {
			const whole = { ...number, ...named, function: { name: call.name, arguments: raw } };
			delta({ tool_calls: [whole] });
			continue;
		}
		delta({ tool_calls: [{ index, ...named, function: { name: call.name, arguments: '' } }] });
		for (const piece of pieces(raw))
			delta({ tool_calls: [{ index, function: { arguments: piece } }] });
	}
}

function idOf(kind: Kind, count: number, position: number): string | null {
	if (kind.ids === 'missing') return null;
	return kind.ids === 'repeated' ? 'call_0' : `call_${count}_${position}`;
}

/** By code points, so that no piece is half a character. */
function pieces(text: string): string[] {
	const points = [...text];
	const size = Math.max(1, Math.ceil(points.length / 3));
	return Array.from({ length: Math.ceil(points.length / size) }, (_, n) =>
		points.slice(n * size, (n + 1) * size).join('')
	);
}

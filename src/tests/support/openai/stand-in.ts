import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { KINDS, type KindName } from './kinds';
import type { ErrorReply, Reply } from './reply';
import { bodySchema, problemOf, type ChatBody } from './rules';
import { streamReply } from './stream';

/** A request as it came. */
export interface Asked {
	body: ChatBody;
	headers: IncomingHttpHeaders;
	/** The connection was closed before the answer was complete. */
	left: boolean;
	/** Resolves when the answer is complete or the connection closed. */
	over: Promise<void>;
}

export interface StandIn {
	/** Ends with `/v1`. */
	url: string;
	/** What was asked and accepted as well-formed, oldest first. */
	asked: Asked[];
	/** How many requests it refused for what it does not know, in the manner of its kind. */
	refusals(): number;
	/** What no real server would take, as it was refused. */
	violations: string[];
	/** What is answered next, one reply for each request that is taken. */
	reply(...replies: Reply[]): void;
	/** Decides all answers for which no reply is left. */
	answer(decide: (body: ChatBody) => Reply): void;
	close(): Promise<void>;
}

/**
 * An OpenAI-compatible server on loopback that follows a script, in the manner of one of the servers
 * that people run. It refuses whatever one of them would refuse, and keeps a list of it.
 * @param options.key the only one that it takes; null: it wants none and must be sent none
 * @param options.model the only one that it has; default: any
 */
export async function startOpenAi(
	options: { kind?: KindName; key?: string | null; model?: string } = {}
): Promise<StandIn> {
	const kind = KINDS[options.kind ?? 'openai'];
	const asked: Asked[] = [];
	const violations: string[] = [];
	const replies: Reply[] = [];
	let refusals = 0;
	let decide: (body: ChatBody) => Reply = () => {
		throw new Error('The script has no more replies.');
	};

	const server = createServer((request, response) => {
		handle().catch((error: unknown) => {
			violations.push(String(error));
			response.destroy();
		});

		async function handle(): Promise<void> {
			const raw = await text(request);
			const { authorization } = request.headers;
			const { key = null, model } = options;
			if (request.url !== '/v1/chat/completions')
				return fail(response, { status: 404, body: '404 page not found' });
			if (authorization !== (key === null ? undefined : `Bearer ${key}`))
				return fail(response, kind.error(401, `Incorrect API key provided: ${authorization}`));
			const body = parse(raw);
			if (typeof body === 'string') {
				violations.push(body);
				return fail(response, kind.error(400, body));
			}
			if (model !== undefined && body.model !== model)
				return fail(response, kind.error(404, `The model "${body.model}" was not found`));
			const refused = kind.refuse(body);
			if (refused) {
				refusals += 1;
				return fail(response, refused);
			}
			const over = once(response, 'close').then(() => undefined);
			const entry: Asked = { body, headers: request.headers, left: false, over };
			response.once('close', () => (entry.left = !response.writableFinished));
			asked.push(entry);
			const reply = replies.shift() ?? decide(body);
			if ('status' in reply) fail(response, reply);
			else if (reply.fault === 'reset_before') request.socket.resetAndDestroy();
			else if (reply.fault !== 'hang_before')
				streamReply(response, reply, kind, body, asked.length);
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	const port = typeof address === 'object' ? address?.port : 0;
	return {
		url: `http://127.0.0.1:${port}/v1`,
		asked,
		violations,
		refusals: () => refusals,
		reply: (...more) => void replies.push(...more),
		answer: (next) => (decide = next),
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		}
	};
}

function parse(raw: string): ChatBody | string {
	const parsed = bodySchema.safeParse(JSON.parse(raw));
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		return `${issue?.path.join('.')}: ${issue?.message}`;
	}
	return problemOf(parsed.data) ?? parsed.data;
}

function fail(response: ServerResponse, { status, body, headers }: ErrorReply): void {
	const isText = typeof body === 'string';
	response.writeHead(status, {
		'content-type': isText ? 'text/plain' : 'application/json',
		...headers
	});
	response.end(isText ? body : JSON.stringify(body));
}

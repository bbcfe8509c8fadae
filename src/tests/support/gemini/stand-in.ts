import { once } from 'node:events';
import {
	createServer,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type ServerResponse
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { badKey, badRequest, type Fault, type GoogleError } from './failure';
import { chunksOf, piecesOf, type Plan, type Reply } from './reply';
import { requestSchema, type GeminiRequest } from './request';
import { refusalOf, type Issued } from './rules';
import { sendChunks, sendError } from './stream';

/** A request that kept all rules, and where in its conversation it stands. */
export interface Ask {
	model: string;
	/** The system instruction: the agent's prompt and what every agent is told. */
	system: string;
	/** From 1: how many turns the model has had, and this one. */
	turn: number;
	request: GeminiRequest;
}

export type Answer = Reply | ((ask: Ask) => Reply | Promise<Reply>);

/** A request as it came. */
export interface Recorded {
	method: string;
	/** With the query. */
	path: string;
	headers: IncomingHttpHeaders;
	body: unknown;
	/** Null when a rule was broken. */
	ask: Ask | null;
	/** Why it was refused; null when it was not. */
	refused: GoogleError | null;
	/** Who ended it. */
	ended: Promise<'server' | 'client'>;
}

export interface FaultOptions {
	/** Which agent it hits, as in `script`; default: any. */
	agent?: string | RegExp;
	turn?: number;
	/** How many requests it hits; default 1. */
	times?: number;
}

/** Gemini's `streamGenerateContent` on loopback, as strict as the service. */
export interface GeminiStandIn {
	/** For `GEMINI_BASE_URL`. */
	url: string;
	apiKey: string;
	/** What an app has to be started with to use it. */
	env: { GEMINI_API_KEY: string; GEMINI_BASE_URL: string };
	/**
	 * The turns of the agent whose system instruction contains `agent`, or of any with `''`. Which one is
	 * given follows from the request's history, so that a repeated request gets the same. The script that
	 * was set last goes first.
	 */
	script(agent: string | RegExp, ...turns: Answer[]): void;
	/** Answers what no script has a turn for; without it such a request is refused. */
	otherwise(answer: Answer): void;
	/** The next matching request meets this; faults are used up in the order they were set. */
	fault(fault: Fault, options?: FaultOptions): void;
	/** All requests, oldest first. */
	requests: Recorded[];
	/** What was refused for a broken rule or a missing script: should be empty at a test's end. */
	refusals(): GoogleError[];
	close(): Promise<void>;
}

export interface StandInOptions {
	/** The first is the stand-in's `apiKey`; signatures are only good for the key they were made for. */
	apiKeys?: string[];
	/** Names of models that exist; default: every `gemini-…`. */
	models?: RegExp;
}

const MAX_BODY_BYTES = 20 * 1024 * 1024;

/** Starts one on a port of the system's choice. */
export async function startGemini(options: StandInOptions = {}): Promise<GeminiStandIn> {
	const { apiKeys = ['test-gemini-key'], models = /^gemini-/ } = options;
	const [apiKey = ''] = apiKeys;
	const requests: Recorded[] = [];
	const scripts: { agent: string | RegExp; turns: Answer[] }[] = [];
	const faults: { fault: Fault; options: FaultOptions; left: number }[] = [];
	const issued = new Map<string, Issued>();
	const goingOn = new Map<string, { plan: Plan; from: number }>();
	let fallback: Answer | null = null;
	let count = 0;

	const isFor = (agent: string | RegExp, system: string) =>
		typeof agent === 'string' ? system.includes(agent) : agent.test(system);

	function answerTo({ system, turn }: Ask): Answer | null {
		const script = scripts.findLast((one) => isFor(one.agent, system));
		return script?.turns[turn - 1] ?? fallback;
	}

	function takeFault({ system, turn }: Ask): Fault | null {
		const hit = faults.find(
			(one) =>
				one.left > 0 &&
				isFor(one.options.agent ?? '', system) &&
				(one.options.turn ?? turn) === turn
		);
		if (!hit) return null;
		hit.left -= 1;
		return hit.fault;
	}

	/** The conversation that the request goes on with, or what is wrong with it. */
	function read(message: IncomingMessage, raw: string): { ask: Ask } | { refused: GoogleError } {
		const refused = (error: GoogleError) => ({ refused: error });
		const { pathname, searchParams } = new URL(message.url ?? '/', 'http://localhost');
		const model = /^\/v1beta\/models\/([^/:]+):streamGenerateContent$/.exec(pathname)?.[1];
		if (message.method !== 'POST' || model === undefined || searchParams.get('alt') !== 'sse')
			return refused({
				code: 404,
				status: 'NOT_FOUND',
				message: 'Requested entity was not found.'
			});
		const key = message.headers['x-goog-api-key'];
		if (typeof key !== 'string' || !apiKeys.includes(key)) return refused(badKey());
		if (!models.test(model))
			return refused({
				code: 404,
				status: 'NOT_FOUND',
				message: `models/${model} is not found for API version v1beta, or is not supported for generateContent.`
			});
		if (raw.length > MAX_BODY_BYTES)
			return refused(
				badRequest(`Request payload size exceeds the limit: ${MAX_BODY_BYTES} bytes.`)
			);
		const parsed = requestSchema.safeParse(parseJson(raw));
		if (!parsed.success) {
			const [issue] = parsed.error.issues;
			const where = issue?.path.join('.') ?? '';
			const said = issue?.message ?? 'Invalid JSON payload received.';
			return refused(badRequest(`Invalid value at '${where}': ${said}`));
		}
		const request = parsed.data;
		const broken = refusalOf(request, { model, apiKey: key, issued });
		if (broken) return refused(broken);
		const system = (request.systemInstruction?.parts ?? []).map((part) => part.text).join('\n');
		const turn = request.contents.filter((content) => content.role === 'model').length + 1;
		return { ask: { model, system, turn, request } };
	}

	async function planOf(ask: Ask, key: string): Promise<{ plan: Plan; from: number } | null> {
		const token = ask.request.continuationToken;
		if (token !== undefined) return goingOn.get(token) ?? null;
		const answer = answerTo(ask);
		if (!answer) return null;
		const reply = typeof answer === 'function' ? await answer(ask) : answer;
		count += 1;
		const responseId = `response-${count}`;
		const pieces = piecesOf(reply, ask.model, `call-${count}`);
		const turn: Issued = { model: ask.model, apiKey: key, parts: pieces };
		for (const { thoughtSignature } of pieces)
			if (thoughtSignature !== undefined) issued.set(thoughtSignature, turn);
		const prompt = Math.ceil(JSON.stringify(ask.request).length / 4);
		return { plan: { pieces, reply, prompt, model: ask.model, responseId }, from: 0 };
	}

	async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
		const ended = once(response, 'close').then(() =>
			response.writableFinished ? ('server' as const) : ('client' as const)
		);
		const raw = await text(message);
		const { method = '', url: path = '', headers } = message;
		const found = read(message, raw);
		const ask = 'ask' in found ? found.ask : null;
		const record: Recorded = {
			method,
			path,
			headers,
			body: parseJson(raw),
			ask,
			refused: 'refused' in found ? found.refused : null,
			ended
		};
		requests.push(record);
		const refuse = (error: GoogleError) => {
			record.refused = error;
			sendError(response, error);
		};
		if (!('ask' in found)) return refuse(found.refused);
		const fault = takeFault(found.ask);
		if (fault && (('error' in fault && fault.after === undefined) || fault.after === 'nothing'))
			return sendChunks(response, [], fault, undefined);
		const planned = await planOf(found.ask, String(headers['x-goog-api-key']));
		if (!planned)
			return refuse(
				badRequest(
					`The stand-in has no turn ${found.ask.turn} for: ${found.ask.system.slice(0, 80)}`
				)
			);
		const { plan, from } = planned;
		const { continueAfter, splitBytes } = plan.reply;
		const pausing = from === 0 && continueAfter !== undefined;
		const token = pausing ? `go-on-${count}` : undefined;
		if (token !== undefined) goingOn.set(token, { plan, from: continueAfter ?? 0 });
		const to = pausing ? continueAfter : plan.pieces.length;
		await sendChunks(response, chunksOf(plan, from, to, token), fault, splitBytes);
	}

	const server = createServer((message, response) => {
		serve(message, response).catch((error: unknown) => {
			requests.at(-1)?.ended.catch(() => undefined);
			if (!response.headersSent)
				sendError(response, badRequest(`The stand-in broke: ${String(error)}`));
			else response.destroy();
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const url = `http://127.0.0.1:${port}`;

	return {
		url,
		apiKey,
		env: { GEMINI_API_KEY: apiKey, GEMINI_BASE_URL: url },
		script: (agent, ...turns) => void scripts.push({ agent, turns }),
		otherwise(answer) {
			fallback = answer;
		},
		fault: (fault, more = {}) => void faults.push({ fault, options: more, left: more.times ?? 1 }),
		requests,
		refusals: () => requests.flatMap((request) => request.refused ?? []),
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		}
	};
}

async function text(message: IncomingMessage): Promise<string> {
	const pieces: Buffer[] = [];
	for await (const piece of message) pieces.push(piece as Buffer);
	return Buffer.concat(pieces).toString();
}

function parseJson(raw: string): unknown {
	try {
		return JSON.parse(raw);
	} catch {
		return null;
	}
}

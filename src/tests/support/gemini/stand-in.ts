import { once } from 'node:events';
import {
	createServer,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type ServerResponse
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { badRequest, type Fault, type GoogleError } from './failure';
import { parseJson, readRequest, type Ask } from './read-request';
import { chunksOf, piecesOf, type Plan } from './reply';
import type { Issued } from './rules';
import { createScriptBook, type Answer, type FaultOptions } from './script-book';
import { sendChunks, sendError } from './stream';

export type { Answer, Ask, FaultOptions };

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

/** Starts one on a port of the system's choice. */
export async function startGemini(options: StandInOptions = {}): Promise<GeminiStandIn> {
	const { apiKeys = ['test-gemini-key'], models = /^gemini-/ } = options;
	const [apiKey = ''] = apiKeys;
	const requests: Recorded[] = [];
	const book = createScriptBook();
	/** Of the stand-in itself. */
	const failures: GoogleError[] = [];
	const issued = new Map<string, Issued>();
	const goingOn = new Map<string, { plan: Plan; from: number }>();
	const known = { apiKeys, models, issued };
	let count = 0;

	async function planOf(ask: Ask, key: string): Promise<{ plan: Plan; from: number } | null> {
		const token = ask.request.continuationToken;
		if (token !== undefined) return goingOn.get(token) ?? null;
		const answer = book.answerTo(ask);
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
		let reset = false;
		const ended = new Promise<'server' | 'client'>((resolve) => {
			response.once('close', () =>
				resolve(response.writableFinished || reset ? 'server' : 'client')
			);
		});
		const raw = await text(message);
		const { method = '', url: path = '', headers } = message;
		const key = headers['x-goog-api-key'];
		const apiKey = typeof key === 'string' ? key : undefined;
		const found = readRequest({ method, url: path, apiKey, body: raw }, known);
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
		const fault = book.takeFault(found.ask);
		reset = fault !== null && 'cut' in fault && fault.cut === 'reset';
		if (fault && (('error' in fault && fault.after === undefined) || fault.after === 'nothing'))
			return sendChunks(response, [], fault);
		const planned = await planOf(found.ask, apiKey ?? '');
		if (!planned)
			return refuse(
				badRequest(
					`The stand-in has no turn ${found.ask.turn} for: ${found.ask.system.slice(0, 80)}`
				)
			);
		const { plan, from } = planned;
		const { continueAfter } = plan.reply;
		const pausing = from === 0 && continueAfter !== undefined;
		const token = pausing ? `go-on-${count}` : undefined;
		if (token !== undefined) goingOn.set(token, { plan, from: continueAfter ?? 0 });
		const to = pausing ? continueAfter : plan.pieces.length;
		await sendChunks(response, chunksOf(plan, from, to, token), fault, plan.reply);
	}

	const server = createServer((message, response) => {
		serve(message, response).catch((error: unknown) => {
			const broke = badRequest(`The stand-in broke: ${String(error)}`);
			failures.push(broke);
			if (response.headersSent) response.destroy();
			else sendError(response, broke);
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
		script: book.script,
		otherwise: book.otherwise,
		fault: book.fault,
		requests,
		refusals: () => [...failures, ...requests.flatMap((request) => request.refused ?? [])],
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

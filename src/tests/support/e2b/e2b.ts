import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openBox, problemHere, type Box } from './box';
import { createControl, type Answer } from './control';
import { createFaults, type Fault, type Faults } from './faults';

/** A request as it came, for tests of the wire. */
export interface Seen {
	method: string;
	/** With its query. */
	url: string;
	headers: http.IncomingHttpHeaders;
	/** Parsed JSON; for what is not JSON, null. */
	body: unknown;
}

/** E2B's two planes on one loopback port; sandboxes are real processes inside bubblewrap. */
export interface E2bStandIn {
	/** For `E2B_API_URL` and `E2B_SANDBOX_URL`. */
	url: string;
	apiKey: string;
	boxes: Map<string, Box>;
	faults: Faults;
	seen: Seen[];
	/** Cuts every connection to sandboxes; what runs in them goes on. */
	cut(): void;
	close(): Promise<void>;
}

interface Options {
	apiKey?: string;
	templates?: string[];
	limit?: number;
	maxTimeoutS?: number;
}

/** Null, said aloud, when this machine cannot have it. */
export async function startE2b(options: Options = {}): Promise<E2bStandIn | null> {
	const problem = problemHere();
	if (problem) {
		// Not console: reporters may hide that, and what was not tested has to be seen.
		process.stderr.write(
			`\n*** SKIPPED: sandboxes like E2B's cannot be had here: ${problem} ***\n\n`
		);
		return null;
	}
	const apiKey = options.apiKey ?? 'e2b_0123456789abcdef';
	const root = await mkdtemp(path.join(tmpdir(), 'raro-e2b-'));
	const boxes = new Map<string, Box>();
	const faults = createFaults();
	const seen: Seen[] = [];
	/** Answers that are under way, with the sandbox they come from. */
	const open = new Map<ServerResponse, string>();
	const ends = new Set<Promise<void>>();

	function gone(box: Box): void {
		boxes.delete(box.id);
		for (const [response, id] of open) if (id === box.id) response.destroy();
	}
	const control = createControl({
		apiKey,
		boxes,
		templates: options.templates ?? ['code-interpreter-v1', 'base'],
		limit: options.limit ?? 20,
		maxTimeoutS: options.maxTimeoutS ?? 3600,
		envdVersion: '0.6.13',
		async open(facts, timeoutS) {
			const box = await openBox(facts, path.join(root, facts.id), timeoutS, gone);
			boxes.set(box.id, box);
			return box;
		}
	});

	function pass(request: IncomingMessage, response: ServerResponse, box: Box, fault: Fault | null) {
		open.set(response, box.id);
		response.once('close', () => open.delete(response));
		const { host: _, ...headers } = request.headers;
		const inner = http.request(
			{ socketPath: box.socket, method: request.method, path: request.url, headers },
			(answer) => {
				if (fault?.drop === 'after') return void response.destroy();
				response.writeHead(answer.statusCode ?? 502, answer.headers);
				let left = fault?.cutAfterBytes ?? Infinity;
				answer.on('data', (chunk: Buffer) => {
					left -= chunk.length;
					if (left <= 0) response.destroy();
				});
				answer.on('error', () => response.destroy());
				answer.pipe(response);
			}
		);
		inner.on('error', () => response.destroy());
		response.once('close', () => inner.destroy());
		request.pipe(inner);
	}

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { method = '', url = '', headers } = request;
		const forBox = headers['e2b-sandbox-id'] !== undefined;
		const entry: Seen = { method, url, headers, body: null };
		seen.push(entry);
		const fault = faults.take(request);
		if (fault?.delayMs) await wait(fault.delayMs, response);
		if (response.closed) return;
		if (fault?.drop === 'before') return void response.destroy();
		if (fault?.status) {
			request.resume();
			const body = fault.body ?? { code: fault.status, message: 'made to fail' };
			return send(response, { status: fault.status, body, headers: fault.headers ?? {} });
		}
		if (forBox) {
			const id = String(headers['e2b-sandbox-id']);
			const box = boxes.get(id);
			if (!box || headers['e2b-sandbox-port'] !== '49983') {
				request.resume();
				const body = { sandboxId: id, message: 'The sandbox was not found', code: 502 };
				return send(response, { status: 502, body });
			}
			if (headers['x-access-token'] !== box.token) {
				request.resume();
				return send(response, {
					status: 401,
					body: { code: 401, message: 'invalid access token' }
				});
			}
			remember(request, entry);
			return pass(request, response, box, fault);
		}
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk);
		if (chunks.length > 0) entry.body = JSON.parse(Buffer.concat(chunks).toString());
		const made = await control(request, entry.body);
		if (fault?.drop === 'after') return void response.destroy();
		send(response, made);
	}

	const server = http.createServer({ requestTimeout: 0 }, (request, response) => {
		response.on('error', () => response.destroy());
		answer(request, response).catch((error: unknown) => {
			send(response, { status: 500, body: { code: 500, message: String(error) } });
		});
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The stand-in has no port.');
	return {
		url: `http://127.0.0.1:${address.port}`,
		apiKey,
		boxes,
		faults,
		seen,
		cut() {
			for (const response of open.keys()) response.destroy();
		},
		async close() {
			for (const box of [...boxes.values()]) ends.add(box.end());
			await Promise.all(ends);
			server.closeAllConnections();
			server.close();
			await rm(root, { recursive: true, force: true });
		}
	};
}

/** Keeps the message of a remote call; the bytes of files are not kept. */
function remember(request: IncomingMessage, entry: Seen): void {
	const type = request.headers['content-type'] ?? '';
	if (!type.includes('json')) return;
	const chunks: Buffer[] = [];
	request.on('data', (chunk: Buffer) => chunks.push(chunk));
	request.once('end', () => {
		const all = Buffer.concat(chunks);
		entry.body = JSON.parse(all.subarray(type.includes('connect') ? 5 : 0).toString());
	});
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
	if (response.headersSent || response.destroyed) return void response.destroy();
	const text = body === undefined ? undefined : JSON.stringify(body);
	response.writeHead(status, {
		...(text ? { 'content-type': 'application/json' } : {}),
		...headers
	});
	response.end(text);
}

/** Ends early when nobody waits for the answer any more. */
function wait(ms: number, response: ServerResponse): Promise<void> {
	return new Promise((resolve) => {
		const done = () => {
			clearTimeout(timer);
			resolve();
		};
		const timer = setTimeout(done, ms);
		response.once('close', done);
	});
}

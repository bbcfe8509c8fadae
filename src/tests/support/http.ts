import http from 'node:http';
import net from 'node:net';
import { expect } from 'vitest';

/** An answer that was read to its end. */
export interface Answer {
	status: number;
	headers: http.IncomingHttpHeaders;
	body: Buffer;
	text: string;
}

export interface Ask {
	method?: string;
	headers?: http.OutgoingHttpHeaders;
	body?: string | Uint8Array;
}

/** One request with exactly these headers and this path, which `fetch` would tidy up. */
export function send(url: string, path: string, ask: Ask = {}): Promise<Answer> {
	const { hostname, port } = new URL(url);
	return new Promise((resolve, reject) => {
		const request = http.request(
			{ hostname, port, path, method: ask.method ?? 'GET', headers: ask.headers, agent: false },
			(response) => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.once('error', reject);
				response.once('end', () => {
					const body = Buffer.concat(chunks);
					const status = response.statusCode ?? 0;
					resolve({ status, headers: response.headers, body, text: body.toString() });
				});
			}
		);
		request.once('error', reject);
		request.end(ask.body);
	});
}

/** Sends these bytes on a connection of their own; resolves with whatever came back until it closed. */
export function sendBytes(url: string, bytes: string | Uint8Array): Promise<string> {
	const { hostname, port } = new URL(url);
	return new Promise((resolve) => {
		const socket = net.connect(Number(port), hostname);
		let answer = '';
		socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
		socket.on('error', () => undefined);
		socket.once('close', () => resolve(answer));
		socket.end(bytes);
	});
}

/** Reads JSON as the shape the test goes on to check. */
export function parse<T>(answer: Answer): T {
	return JSON.parse(answer.text) as T;
}

/** That the answer is an error as the contract has it: its status, its code, words for a person. */
export function expectError(answer: Answer, status: number, code: string): void {
	expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(code)]);
	expect(answer.headers['content-type']).toMatch(/^application\/json/);
	const error = parse<Record<string, unknown>>(answer);
	expect(error).toMatchObject({ code, message: expect.stringMatching(/\w{2}/) });
	expect(Object.keys(error).filter((key) => !['code', 'message', 'details'].includes(key))).toEqual(
		[]
	);
}

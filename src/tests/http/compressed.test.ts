import http, { type IncomingHttpHeaders } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newClient, type ApiClient } from '../support/api';
import { startServer, type TestServer } from '../support/server';

interface Answer {
	status: number;
	headers: IncomingHttpHeaders;
	/** As it came: nothing is decoded. */
	body: Buffer;
}

let server: TestServer;
let client: ApiClient;
/** The largest script and the style sheet that the page asks for first. */
let assets: string[];

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
	new Promise<Answer>((resolve, reject) => {
		http
			.request(server.url + path, { method, headers }, (response) => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.once('end', () => {
					const { statusCode: status = 0, headers } = response;
					resolve({ status, headers, body: Buffer.concat(chunks) });
				});
			})
			.once('error', reject)
			.end();
	});

beforeAll(async () => {
	server = await startServer();
	client = await newClient(server.url);
	const page = (await ask('/')).body.toString();
	const named = (end: string) => new RegExp(`_app/immutable/[^"\\s]+\\.${end}`, 'g');
	const sized = [];
	for (const [link] of page.matchAll(named('js')))
		sized.push({ link: `/${link}`, size: (await ask(`/${link}`, {}, 'HEAD')).headers });
	sized.sort((a, b) => Number(b.size['content-length']) - Number(a.size['content-length']));
	const [style = ''] = page.match(named('css')) ?? [];
	assets = [sized[0]?.link ?? '', `/${style}`, '/favicon.svg'];
});
afterAll(() => server.dispose());

test.each([
	['br', 'gzip, deflate, br, zstd', brotliDecompressSync],
	['gzip', 'gzip', gunzipSync]
])('scripts, styles and pictures of the app go out as %s', async (encoding, accepted, decode) => {
	for (const asset of assets) {
		const plain = await ask(asset);
		expect(plain.headers).not.toHaveProperty('content-encoding');
		expect(plain.headers['content-length']).toBe(String(plain.body.length));
		const { status, headers, body } = await ask(asset, { 'Accept-Encoding': accepted });
		expect([status, headers['content-encoding']]).toEqual([200, encoding]);
		expect(decode(body).equals(plain.body)).toBe(true);
		expect(body.length).toBeLessThan(plain.body.length * (plain.body.length > 10_000 ? 0.5 : 1));
		// What is kept by a cache on the way must not reach who cannot read it.
		expect(headers.vary).toMatch(/accept-encoding/i);
		expect(headers['content-type']).toBe(plain.headers['content-type']);
		expect(headers['cache-control']).toBe(plain.headers['cache-control']);
		expect(headers.etag).not.toBe(plain.headers.etag);
	}
});

test('a compressed answer has its own tag, its own ranges, and a head without a body', async () => {
	const [asset = ''] = assets;
	const accept = { 'Accept-Encoding': 'br' };
	const whole = await ask(asset, accept);
	expect(whole.headers['cache-control']).toMatch(/immutable/);
	const head = await ask(asset, accept, 'HEAD');
	expect(head.body).toHaveLength(0);
	expect({ ...head.headers, date: '' }).toEqual({ ...whole.headers, date: '' });
	const again = await ask(asset, { ...accept, 'If-None-Match': whole.headers.etag ?? '' });
	expect([again.status, again.body.length]).toEqual([304, 0]);
	const part = await ask(asset, { ...accept, Range: 'bytes=10-29' });
	expect(part.status).toBe(206);
	expect(part.headers['content-range']).toBe(`bytes 10-29/${whole.body.length}`);
	expect(part.body.equals(whole.body.subarray(10, 30))).toBe(true);
});

test('R10 R35 a file of a person goes out as it is: its length, its tag, its ranges', async () => {
	const text = 'day,units\n'.repeat(5000);
	await client.put('long.csv', text);
	const headers = { 'X-RARO-CLIENT-ID': client.key, 'Accept-Encoding': 'gzip, br' };
	const answer = await ask('/runtime/library/files/long.csv', headers);
	expect(answer.headers).not.toHaveProperty('content-encoding');
	expect(answer.headers['x-content-type-options']).toBe('nosniff');
	expect(answer.headers['cache-control']).toMatch(/^private/);
	expect(answer.body.toString()).toBe(text);
});

import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import http from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newClient, sha256, type ApiClient } from '../support/api';
import { startServer, type TestServer } from '../support/server';

const MIB = 1024 * 1024;
const bytes = randomBytes(5 * MIB + 12_345);
const address = '/runtime/library/files/big.bin';
let server: TestServer;
let client: ApiClient;

beforeAll(async () => {
	server = await startServer();
	client = await newClient(server.url);
	await client.put('big.bin', bytes);
});
afterAll(() => server.dispose());

const read = async (init: RequestInit = {}) => {
	const response = await client.fetch(address, init);
	return { response, body: Buffer.from(await response.arrayBuffer()) };
};

test('R10 a file of many chunks comes whole, also to several readers at once', async () => {
	const answers = await Promise.all(Array.from({ length: 6 }, () => read()));
	for (const { response, body } of answers) {
		expect(response.headers.get('content-length')).toBe(String(bytes.length));
		expect(sha256(body)).toBe(sha256(bytes));
	}
});

test.each([
	[0, 99],
	[MIB - 1, MIB],
	[12_345, 3 * MIB + 7],
	[2 * MIB, bytes.length - 1]
])('R10 the range %i-%i is exactly those bytes', async (start, end) => {
	const { response, body } = await read({ headers: { Range: `bytes=${start}-${end}` } });
	expect(response.status).toBe(206);
	expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/${bytes.length}`);
	expect(sha256(body)).toBe(sha256(bytes.subarray(start, end + 1)));
});

test('one connection serves download after download', async () => {
	const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
	for (let i = 0; i < 3; i++) {
		const body = await new Promise<Buffer>((resolve, reject) => {
			const headers = { 'X-RARO-CLIENT-ID': client.key };
			http
				.get(server.url + address, { agent, headers }, (response) => {
					const chunks: Buffer[] = [];
					response.on('data', (chunk: Buffer) => chunks.push(chunk));
					response.once('end', () => resolve(Buffer.concat(chunks)));
				})
				.once('error', reject);
		});
		expect(sha256(body)).toBe(sha256(bytes));
	}
	agent.destroy();
});

test('a reader that leaves in the middle leaves no open file behind', async () => {
	if (!existsSync(`/proc/${server.pid}/fd`)) return;
	const openFiles = () =>
		readdirSync(`/proc/${server.pid}/fd`).filter((fd) => {
			try {
				return readlinkSync(`/proc/${server.pid}/fd/${fd}`).endsWith('big.bin');
			} catch {
				return false;
			}
		}).length;
	for (let i = 0; i < 5; i++)
		await new Promise<void>((resolve) => {
			const headers = { 'X-RARO-CLIENT-ID': client.key };
			const request = http.get(server.url + address, { headers }, (response) => {
				response.once('data', () => {
					response.destroy();
					resolve();
				});
			});
			request.once('error', () => resolve());
		});
	await expect.poll(openFiles).toBe(0);
	expect(sha256((await read()).body)).toBe(sha256(bytes));
});

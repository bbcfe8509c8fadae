import dgram from 'node:dgram';
import dns from 'node:dns/promises';
import http from 'node:http';
import { lookup } from 'node:dns';
import { once } from 'node:events';
import { afterAll, expect, test } from 'vitest';
import { attempts, isLoopback } from './loopback-only.js';

// What is tried here on purpose is not held against this file.
afterAll(() => void attempts.splice(0));

test('no test leaves loopback: fetch, sockets, names and datagrams are refused', async () => {
	// Documentation addresses (RFC 5737): were the guard gone, nobody would answer either.
	await expect(fetch('http://192.0.2.1/')).rejects.toThrow('fetch failed');
	await expect(fetch('https://raro.example/')).rejects.toThrow('fetch failed');
	const request = http.get('http://198.51.100.7:8080/');
	const [error] = await once(request, 'error');
	expect(error).toMatchObject({ code: 'ECONNREFUSED' });
	await expect(
		new Promise((resolve, reject) =>
			lookup('raro.example', (failed, address) => (failed ? reject(failed) : resolve(address)))
		)
	).rejects.toThrow(/never leave loopback/);
	const socket = dgram.createSocket('udp4');
	expect(() => socket.send('x', 53, '192.0.2.1')).toThrow(/never leave loopback/);
	socket.close();
	expect(attempts).toContain('192.0.2.1:80');
	expect(attempts).toContain('198.51.100.7:8080');
	expect(attempts.join()).toContain('raro.example');
});

test('loopback itself is open, under each of its names', async () => {
	const before = attempts.length;
	const server = http.createServer((_, response) => response.end('here'));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	const port = typeof address === 'object' ? address?.port : 0;
	expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here');
	expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe('here');
	expect((await dns.lookup('localhost')).address).toBeTruthy();
	server.close();
	expect(attempts).toHaveLength(before);
});

test.each([
	['127.0.0.1', true],
	['127.9.8.7', true],
	['::1', true],
	['[::1]', true],
	['localhost', true],
	['127.0.0.1.example.org', false],
	['10.0.0.1', false],
	['example.org', false],
	['0x7f000001', false]
])('%s is loopback: %s', (host, expected) => expect(isLoopback(host)).toBe(expected));

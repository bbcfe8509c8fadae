import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { gather } from './gather';

let server: http.Server;
afterEach(() => {
	server.closeAllConnections();
	server.close();
});

/** Hands the first request that comes to `read`, and sends `write`'s bytes on its connection. */
async function exchange<T>(
	read: (req: IncomingMessage) => Promise<T>,
	write: (socket: net.Socket) => void
): Promise<T> {
	server = http.createServer();
	await once(server.listen(0, '127.0.0.1'), 'listening');
	const request = once(server, 'request');
	const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
	socket.on('error', () => undefined);
	write(socket);
	const [req] = (await request) as [IncomingMessage];
	return read(req);
}

const head = (length: number) => `PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`;

test('R7 gives all bytes in order, in chunks that are full but the last', async () => {
	const sent = randomBytes(3_000_000);
	const { sizes, digest } = await exchange(
		async (req) => {
			const hash = createHash('sha256');
			const sizes = [];
			for await (const chunk of gather(req, 1_000_000 - 7)) {
				sizes.push(chunk.length);
				hash.update(chunk);
			}
			return { sizes, digest: hash.digest('hex') };
		},
		(socket) => {
			socket.write(head(sent.length));
			socket.write(sent);
		}
	);
	expect(sizes).toEqual([999_993, 999_993, 999_993, 21]);
	expect(digest).toBe(createHash('sha256').update(sent).digest('hex'));
});

test('R7 gives what came before the sender left, then fails', async () => {
	const got: string[] = [];
	const reading = exchange(
		async (req) => {
			for await (const chunk of gather(req, 4)) got.push(Buffer.from(chunk).toString());
		},
		(socket) => socket.end(`${head(100)}123456`)
	);
	await expect(reading).rejects.toThrow('left');
	expect(got).toEqual(['1234', '56']);
});

test('an empty body ends at once', async () => {
	const chunks = await exchange(
		(req) => Array.fromAsync(gather(req, 10)),
		(socket) => socket.write(head(0))
	);
	expect(chunks).toEqual([]);
});

test('a sender has to wait for a reader that takes its time', async () => {
	const total = 64 * 1024 * 1024;
	const taken = await exchange(
		async (req) => {
			const chunks = gather(req, 65_536);
			await chunks.next();
			// Both buffers are full, and the request is paused before the sender could send it all.
			while (!req.isPaused()) await new Promise(setImmediate);
			const taken = req.socket.bytesRead;
			await chunks.return(undefined);
			return taken;
		},
		(socket) => {
			socket.write(head(total));
			socket.write(Buffer.alloc(total));
		}
	);
	expect(taken).toBeLessThan(1024 * 1024);
});

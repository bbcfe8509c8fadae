import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { startServer } from './server';

/** A server behind a line that can be cut: being offline only prevents new connections. */
export async function serverOnALine() {
	let port = 0;
	const open = new Set<Socket>();
	const keep = (socket: Socket) => {
		open.add(socket);
		socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket));
	};
	const line = createServer((near) => {
		const far = connect(port, '127.0.0.1');
		[near, far].forEach(keep);
		near.on('close', () => far.destroy()).pipe(far);
		far.on('close', () => near.destroy()).pipe(near);
	}).listen(0, '127.0.0.1');
	await once(line, 'listening');
	const address = line.address();
	if (address === null || typeof address === 'string') throw new Error('The line has no port.');
	const url = `http://localhost:${address.port}`;
	const server = await startServer({ env: { ORIGIN: url } });
	port = server.port;
	const cut = () => open.forEach((socket) => socket.destroy());
	return {
		/** Its address on the line, which the page has; `server.url` is the way around it. */
		url,
		server,
		cut,
		async dispose() {
			const closed = once(line.close(), 'close');
			cut();
			await closed;
			await server.dispose();
		}
	};
}

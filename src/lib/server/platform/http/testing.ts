/** Test support: real requests, as the server gets them. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequest, setResponse } from '@sveltejs/kit/node';
import type { BodySource } from './body';

/** Serves `answer` on a port of the system's choice, behind the framework's own adapter. */
export async function serve(
	answer: (source: BodySource) => Promise<Response>
): Promise<{ url: string; port: number; close(): Promise<void> }> {
	const server = http.createServer((req, res) => {
		void (async () => {
			// As server.js does: bodies are read from Node's request.
			delete req.headers['content-length'];
			delete req.headers['transfer-encoding'];
			const request = await getRequest({ request: req, base: 'http://localhost' });
			await setResponse(res, await answer({ request, platform: { req } }));
		})().catch((error: unknown) => res.destroy(error instanceof Error ? error : undefined));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		port,
		url: `http://127.0.0.1:${port}`,
		close: () =>
			new Promise((resolve) => {
				server.closeAllConnections();
				server.close(() => resolve());
			})
	};
}

/**
 * Serves the built app. Around adapter-node's handler because Node's own limits would cut slow
 * uploads after five minutes, because plain http on localhost and 127.0.0.1 must both work without
 * settings, and because a stop has to be graceful.
 */
import http from 'node:http';
import process from 'node:process';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 17)) {
	console.error(
		`Raro needs Node 22.17 or newer; this is ${process.version}. "npm start" brings its own.`
	);
	process.exit(1);
}

// Relative settings (STORAGE_ROOT) are relative to the project, wherever this was started from.
process.chdir(import.meta.dirname);

const host = process.env.HOST || '127.0.0.1';
const wantedPort = process.env.PORT || '3000';
const SHUTDOWN_MS = 10_000;

/** @typedef {(req: http.IncomingMessage, res: http.ServerResponse) => void} Handler */
/** @type {(handler: Handler) => void} */
let release;
/** Requests that come before the app is ready wait for it. @type {Promise<Handler>} */
const ready = new Promise((resolve) => {
	release = resolve;
});

const server = http.createServer(
	// Uploads may take hours; a client that says nothing is still cut by headersTimeout.
	{ requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 5_000 },
	(req, res) => {
		nameOrigin(req);
		keepBody(req);
		offerToSend(req, res);
		void ready.then((handler) => handler(req, res));
	}
);

server.once('error', (error) => {
	const reason =
		'code' in error && error.code === 'EADDRINUSE'
			? `Port ${wantedPort} on ${host} is in use. Stop what uses it, or choose another with PORT.`
			: `Cannot listen on ${host}:${wantedPort}: ${error.message}`;
	console.error(reason);
	process.exit(1);
});

if (!/^\d{1,5}$/.test(wantedPort) || Number(wantedPort) > 65535) {
	console.error(`PORT must be a port number (it is ${JSON.stringify(wantedPort)})`);
	process.exit(1);
}

server.listen(Number(wantedPort), host, async () => {
	const address = server.address();
	const port = typeof address === 'object' && address ? address.port : Number(wantedPort);
	process.env.PORT = String(port);
	process.env.BODY_SIZE_LIMIT = 'Infinity';
	process.env.PROTOCOL_HEADER = 'x-raro-protocol';
	process.env.HOST_HEADER = 'x-raro-host';
	try {
		const { handler } = await import('./build/handler.js');
		release(handler);
		const { ORIGIN } = process.env;
		console.log(
			ORIGIN
				? `Raro is ready: ${ORIGIN} (listening on http://${host}:${port})`
				: `Raro is ready: http://localhost:${port}`
		);
	} catch (error) {
		console.error(explain(error));
		process.exit(1);
	}
});

/**
 * Tells the framework which origin this request came to: one of the three local ones, whichever was
 * typed. Unused when ORIGIN is set.
 * @param {http.IncomingMessage} req
 */
function nameOrigin(req) {
	const port = process.env.PORT;
	const local = [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`];
	const asked = req.headers.host ?? '';
	req.headers['x-raro-protocol'] = 'http';
	req.headers['x-raro-host'] = local.includes(asked) ? asked : `localhost:${port}`;
}

/**
 * The app reads bodies from this very request. The framework would put them into web streams of small
 * chunks; it leaves alone what no header announces. See
 * docs/decisions/0006-request-bodies.md.
 * @param {http.IncomingMessage} req
 */
function keepBody(req) {
	delete req.headers['content-length'];
	delete req.headers['transfer-encoding'];
}

/**
 * Lets a route hand over an open file instead of a body: as a web stream each of its chunks would be memory
 * of its own, and collecting that cost a third of a download. See docs/decisions/0006-request-bodies.md.
 * @param {http.IncomingMessage & {sendInstead?: (file: OpenFile) => void}} req
 * @param {http.ServerResponse} res
 */
function offerToSend(req, res) {
	const { end } = res;
	req.sendInstead = (file) => {
		const drop = () => void file.handle.close();
		res.once('close', drop);
		// The framework ends an answer that has no body; what ends it then is the file.
		res.end = (/** @type {any[]} */ ...rest) => {
			res.end = end;
			// Another answer took this one's place.
			if (Number(res.getHeader('content-length')) !== file.length) return res.end(...rest);
			res.off('close', drop);
			void sendFile(res, file);
			return res;
		};
	};
}

/** @typedef {{handle: import('node:fs/promises').FileHandle, start: number, length: number}} OpenFile */

const CHUNK_BYTES = 1024 * 1024;

/**
 * Sends a part of a file through two buffers: one is read into while the other is sent.
 * @param {http.ServerResponse} res
 * @param {OpenFile} file
 */
async function sendFile(res, { handle, start, length }) {
	const buffers = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)];
	/** @type {Promise<void>} */
	let sent = Promise.resolve();
	try {
		for (let done = 0; done < length; buffers.reverse()) {
			const [buffer = Buffer.alloc(0)] = buffers;
			const size = Math.min(CHUNK_BYTES, length - done);
			const { bytesRead } = await handle.read(buffer, 0, size, start + done);
			if (bytesRead === 0) throw new Error('The file is shorter than it was when opened.');
			await sent;
			sent = send(res, buffer.subarray(0, bytesRead));
			// Awaited above or below; until then a reader that left is no unhandled rejection.
			sent.catch(() => {});
			done += bytesRead;
		}
		await sent;
		res.end();
	} catch {
		res.destroy();
	} finally {
		await handle.close();
	}
}

/**
 * Resolves once the bytes are the system's and their buffer may be used again.
 * @param {http.ServerResponse} res
 * @param {Uint8Array} bytes
 * @returns {Promise<void>}
 */
function send(res, bytes) {
	return new Promise((resolve, reject) => {
		const left = () => reject(new Error('The reader left.'));
		if (res.destroyed) return left();
		res.once('close', left);
		res.write(bytes, (error) => {
			res.off('close', left);
			if (error) reject(error);
			else resolve();
		});
	});
}

/** @param {unknown} error */
function explain(error) {
	if (!(error instanceof Error)) return String(error);
	if (
		'code' in error &&
		error.code === 'ERR_MODULE_NOT_FOUND' &&
		/build.handler/.test(error.message)
	)
		return 'The app is not built yet. Run "npm start", or "npm run build" first.';
	return error.name === 'StartupError' || error.name === 'ConfigError'
		? `Raro cannot start:\n${error.message}`
		: (error.stack ?? error.message);
}

let stopping = false;
/** @param {NodeJS.Signals} signal */
function stop(signal) {
	if (stopping) process.exit(1);
	stopping = true;
	console.log(`${signal}: finishing what is under way …`);
	// The app stops its runs, ends its event streams and closes the database when it hears this.
	process.emit(/** @type {any} */ ('sveltekit:shutdown'), /** @type {any} */ (signal));
	server.close();
	server.closeIdleConnections();
	setTimeout(() => server.closeAllConnections(), SHUTDOWN_MS / 2).unref();
	setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

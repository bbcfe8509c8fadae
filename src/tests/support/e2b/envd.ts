/*
 * What E2B's own daemon does inside a sandbox, for tests: files over HTTP, processes over Connect-RPC with
 * the JSON codec. Node runs this file as it is, inside bubblewrap: it imports nothing of the project.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

const HOME = '/home/user';
const USERS = ['user', 'root'];
const SIGNALS: Record<string, NodeJS.Signals> = {
	SIGNAL_SIGTERM: 'SIGTERM',
	SIGNAL_SIGKILL: 'SIGKILL'
};
/** As Go writes them. */
const SIGNAL_TEXTS: Record<string, string> = { SIGKILL: 'killed', SIGTERM: 'terminated' };
const STATUS: Record<string, number> = {
	invalid_argument: 400,
	unauthenticated: 401,
	not_found: 404,
	already_exists: 409,
	unimplemented: 501,
	internal: 500
};

/** A refusal, as Connect codes name it. */
class Refusal extends Error {
	readonly code: string;
	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

type Json = Record<string, unknown>;
interface Running {
	config: Json;
	child: ChildProcess;
	watchers: Set<ServerResponse>;
}
const running = new Map<number, Running>();

const record = (value: unknown): Json =>
	typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function frame(flags: number, message: unknown): Buffer {
	const body = Buffer.from(JSON.stringify(message));
	const head = Buffer.alloc(5);
	head.writeUInt8(flags, 0);
	head.writeUInt32BE(body.length, 1);
	return Buffer.concat([head, body]);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk);
	return Buffer.concat(chunks);
}

function insideOf(raw: string): string {
	if (raw === '' || raw.includes('\0')) throw new Refusal('invalid_argument', 'a path is required');
	return path.resolve(HOME, raw.replace(/^~(?=\/|$)/, HOME));
}

function requireUser(name: string): void {
	if (name !== '' && !USERS.includes(name))
		throw new Refusal('unauthenticated', `invalid username: '${name}'`);
}

function basicUser(request: IncomingMessage): string {
	const found = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
	return found ? (Buffer.from(found, 'base64').toString().split(':')[0] ?? '') : '';
}

function start(config: Json, wantsStdin: boolean): Running {
	const cwd = insideOf(text(config.cwd) || HOME);
	if (!fs.statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
		throw new Refusal('invalid_argument', `cwd '${cwd}' does not exist`);
	const args = Array.isArray(config.args) ? config.args.map(text) : [];
	const envs = Object.entries(record(config.envs)).map(([name, value]) => [name, text(value)]);
	const child = spawn(text(config.cmd), args, {
		cwd,
		stdio: [wantsStdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
		env: { PATH: process.env.PATH, HOME, USER: 'user', ...Object.fromEntries(envs) }
	});
	if (child.pid === undefined) throw new Refusal('invalid_argument', 'the command does not exist');
	const entry: Running = { config, child, watchers: new Set() };
	const tell = (event: unknown) => {
		for (const watcher of entry.watchers)
			if (!watcher.write(frame(0, { event })) && watcher.listenerCount('drain') === 0) {
				[child.stdout, child.stderr].forEach((stream) => stream?.pause());
				const resume = () => {
					watcher.off('drain', resume).off('close', resume);
					[child.stdout, child.stderr].forEach((stream) => stream?.resume());
				};
				watcher.on('drain', resume).on('close', resume);
			}
	};
	running.set(child.pid, entry);
	child.stdout?.on('data', (chunk: Buffer) => tell({ data: { stdout: chunk.toString('base64') } }));
	child.stderr?.on('data', (chunk: Buffer) => tell({ data: { stderr: chunk.toString('base64') } }));
	// The pipes' end, not the process's: whoever keeps them open keeps the call open.
	child.once('close', (code, signal) => {
		running.delete(child.pid ?? 0);
		const status = signal
			? `signal: ${SIGNAL_TEXTS[signal] ?? signal.toLowerCase()}`
			: `exit status ${code}`;
		tell({
			end: {
				...(signal ? { exitCode: -1 } : { ...(code ? { exitCode: code } : {}), exited: true }),
				status,
				...(code === 0 ? {} : { error: status })
			}
		});
		for (const watcher of entry.watchers) watcher.end(frame(2, {}));
	});
	return entry;
}

function watch(entry: Running, request: IncomingMessage, response: ServerResponse): void {
	response.writeHead(200, { 'content-type': 'application/connect+json' });
	response.write(frame(0, { event: { start: { pid: entry.child.pid } } }));
	entry.watchers.add(response);
	const every = Number(request.headers['keepalive-ping-interval'] ?? 90) * 1000;
	const ping = setInterval(() => response.write(frame(0, { event: { keepalive: {} } })), every);
	const limit = Number(request.headers['connect-timeout-ms'] ?? 0);
	const late = limit
		? setTimeout(() => {
				entry.watchers.delete(response);
				entry.child.kill('SIGKILL');
				const error = { code: 'deadline_exceeded', message: 'context deadline exceeded' };
				response.end(frame(2, { error }));
			}, limit)
		: undefined;
	response.once('close', () => {
		clearInterval(ping);
		clearTimeout(late);
		entry.watchers.delete(response);
	});
}

function select(message: Json): Running {
	const selector = record(message.process);
	const found = running.get(Number(selector.pid));
	if (!found) throw new Refusal('not_found', `process with pid ${selector.pid} not found`);
	return found;
}

const streaming: Record<string, (message: Json) => Running> = {
	'process.Process/Start': (message) => {
		if (message.pty !== undefined) throw new Refusal('unimplemented', 'no terminals here');
		return start(record(message.process), message.stdin === true);
	},
	'process.Process/Connect': select
};

function entryOf(file: string): Json {
	const stat = fs.lstatSync(file, { throwIfNoEntry: false });
	if (!stat) throw new Refusal('not_found', `path '${file}' does not exist`);
	const type = stat.isDirectory() ? 'DIRECTORY' : stat.isSymbolicLink() ? 'SYMLINK' : 'FILE';
	return {
		name: path.basename(file),
		type: `FILE_TYPE_${type}`,
		path: file,
		size: String(stat.size),
		mode: stat.mode & 0o7777,
		modifiedTime: stat.mtime.toISOString()
	};
}

const unary: Record<string, (message: Json) => unknown> = {
	'process.Process/List': () => ({
		processes: [...running].map(([pid, { config }]) => ({ pid, config }))
	}),
	'process.Process/SendSignal': (message) => {
		const signal = SIGNALS[text(message.signal)];
		if (!signal) throw new Refusal('invalid_argument', 'unknown signal');
		select(message).child.kill(signal);
		return {};
	},
	'filesystem.Filesystem/Stat': ({ path: file }) => ({ entry: entryOf(insideOf(text(file))) }),
	'filesystem.Filesystem/ListDir': ({ path: file }) => ({
		entries: fs
			.readdirSync(insideOf(text(file)))
			.map((name) => entryOf(path.join(insideOf(text(file)), name)))
	}),
	'filesystem.Filesystem/Remove': ({ path: file }) => {
		fs.rmSync(insideOf(text(file)), { recursive: true, force: true });
		return {};
	}
};

async function rpc(method: string, request: IncomingMessage, response: ServerResponse) {
	requireUser(basicUser(request));
	const type = request.headers['content-type'];
	const body = await bodyOf(request);
	if (request.headers['connect-protocol-version'] !== '1')
		throw new Refusal('invalid_argument', 'missing required header: connect-protocol-version');
	const begin = streaming[method];
	if (begin) {
		if (type !== 'application/connect+json') return response.writeHead(415).end();
		try {
			if (body.length < 5 || body.readUInt32BE(1) !== body.length - 5)
				throw new Refusal('invalid_argument', 'a malformed envelope');
			watch(begin(record(JSON.parse(body.subarray(5).toString()))), request, response);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			response.writeHead(200, { 'content-type': 'application/connect+json' });
			response.end(frame(2, { error: { code: error.code, message: error.message } }));
		}
		return;
	}
	const answer = unary[method];
	if (!answer) throw new Refusal('unimplemented', `${method} is not implemented`);
	if (type !== 'application/json') return response.writeHead(415).end();
	const message = JSON.stringify(answer(record(JSON.parse(body.toString()))));
	response.writeHead(200, { 'content-type': 'application/json' }).end(message);
}

function fileAt(raw: string): fs.Stats & { file: string } {
	const file = insideOf(raw);
	const stat = fs.statSync(file, { throwIfNoEntry: false });
	if (!stat) throw new Refusal('not_found', `path '${file}' does not exist`);
	if (!stat.isFile()) throw new Refusal('invalid_argument', `path '${file}' is not a file`);
	return Object.assign(stat, { file });
}

async function upload(url: URL, request: IncomingMessage): Promise<Json[]> {
	const asked = url.searchParams.get('path');
	const type = request.headers['content-type'] ?? '';
	const place = (raw: string): string => {
		const file = insideOf(raw);
		if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory())
			throw new Refusal('invalid_argument', `path is a directory: ${file}`);
		fs.mkdirSync(path.dirname(file), { recursive: true });
		return file;
	};
	const written = (file: string) => ({ path: file, name: path.basename(file), type: 'file' });
	if (type.startsWith('application/octet-stream')) {
		const file = place(asked ?? '');
		await pipeline(request, fs.createWriteStream(file));
		return [written(file)];
	}
	if (!type.startsWith('multipart/form-data'))
		throw new Refusal('invalid_argument', `unsupported content type: ${type}`);
	const form = await new Response(new Uint8Array(await bodyOf(request)), {
		headers: { 'content-type': type }
	}).formData();
	const parts = form.getAll('file').filter((part) => typeof part !== 'string');
	return Promise.all(
		parts.map(async (part) => {
			const file = place(asked ?? part.name);
			fs.writeFileSync(file, Buffer.from(await part.arrayBuffer()));
			return written(file);
		})
	);
}

async function files(url: URL, request: IncomingMessage, response: ServerResponse) {
	requireUser(url.searchParams.get('username') ?? '');
	if (request.method === 'POST') {
		const made = JSON.stringify(await upload(url, request));
		return response.writeHead(200, { 'content-type': 'application/json' }).end(made);
	}
	const { file, size } = fileAt(url.searchParams.get('path') ?? '');
	response.writeHead(200, {
		'content-type': 'application/octet-stream',
		'content-length': String(size)
	});
	await pipeline(fs.createReadStream(file), response);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const url = new URL(request.url ?? '/', 'http://envd');
	try {
		if (url.pathname === '/health') response.writeHead(204).end();
		else if (url.pathname === '/files') await files(url, request, response);
		else await rpc(url.pathname.slice(1), request, response);
	} catch (error) {
		if (response.headersSent) return void response.destroy();
		const code = error instanceof Refusal ? error.code : 'internal';
		const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
		const status = full ? 507 : (STATUS[code] ?? 500);
		const named = url.pathname === '/files' ? status : code;
		const message = error instanceof Error ? error.message : String(error);
		response.writeHead(status, { 'content-type': 'application/json' });
		response.end(JSON.stringify({ code: named, message }));
	}
}

const [, , socket = ''] = process.argv;
http
	.createServer({ requestTimeout: 0 }, (request, response) => void answer(request, response))
	.listen(socket, () => process.stdout.write('ready\n'));

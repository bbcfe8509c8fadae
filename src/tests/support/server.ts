import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { MARK } from './loopback-only.js';

export interface TestServer {
	/** `http://localhost:<port>`; the port is the system's choice. */
	url: string;
	port: number;
	pid: number;
	storageRoot: string;
	/** Everything it wrote so far. */
	output(): string;
	/** Asks it to stop and waits; keeps the storage root. */
	stop(): Promise<number | null>;
	/** Ends it as a power cut would; keeps the storage root. */
	kill9(): Promise<void>;
	/** Stops it and removes its storage root. */
	dispose(): Promise<void>;
}

const project = path.resolve(import.meta.dirname, '..', '..', '..');

/** The server, too, is kept from leaving loopback. */
const guard = pathToFileURL(path.join(import.meta.dirname, 'loopback-only.js')).href;

function nodeBinary(): string {
	const own = path.join(project, 'node_modules', 'node', 'bin', 'node');
	return existsSync(own) ? own : process.execPath;
}

/**
 * Starts the built server on a port of the system's choice.
 * @throws Error with the server's own words when it does not come up.
 */
export async function startServer(
	options: { storageRoot?: string; env?: Record<string, string> } = {}
): Promise<TestServer> {
	const storageRoot = options.storageRoot ?? (await mkdtemp(path.join(tmpdir(), 'raro-server-')));
	const child = spawn(nodeBinary(), ['server.js'], {
		cwd: project,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {
			PATH: process.env.PATH,
			HOME: process.env.HOME,
			HOST: '127.0.0.1',
			PORT: '0',
			STORAGE_ROOT: storageRoot,
			LOG_LEVEL: 'warn',
			NODE_OPTIONS: `--import ${guard}`,
			...options.env
		}
	});
	let output = '';
	child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
	const url = await new Promise<string>((resolve, reject) => {
		createInterface({ input: child.stdout }).on('line', (line) => {
			output += `${line}\n`;
			const found = (/listening on (http:\S+)\)/.exec(line) ??
				/Raro is ready: (http\S+)/.exec(line))?.[1];
			if (found) resolve(found);
		});
		child.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${output}`)));
		child.once('error', reject);
	});
	child.once('exit', (code, signal) => {
		if (!child.killed) console.error(`The server ended by itself (${code ?? signal}):\n${output}`);
	});
	return {
		url,
		port: Number(new URL(url).port),
		pid: child.pid ?? 0,
		storageRoot,
		output: () => output,
		stop: () => end(child, 'SIGTERM'),
		kill9: async () => {
			await end(child, 'SIGKILL');
		},
		async dispose() {
			await end(child, 'SIGKILL');
			await rm(storageRoot, { recursive: true, force: true });
			const left = output.split('\n').filter((line) => line.includes(MARK));
			if (left.length > 0)
				throw new Error(`The server tried to leave this machine:\n${left.join('\n')}`);
		}
	};
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
	if (child.exitCode === null && child.signalCode === null) {
		const gone = once(child, 'exit');
		child.kill(signal);
		await gone;
	}
	return child.exitCode;
}

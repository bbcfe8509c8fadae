import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';

/** One sandbox that really runs: files of its own, processes of its own, no network unless allowed. */
export interface Box {
	readonly id: string;
	readonly template: string;
	readonly token: string;
	readonly metadata: Record<string, string>;
	readonly internet: boolean;
	readonly startedAt: Date;
	/** Where its daemon listens. */
	readonly socket: string;
	/** What the sandbox sees as `/home/user`. */
	readonly home: string;
	endAt: Date;
	/** Ends it as its end of life would; everything in it dies at once. */
	end(): Promise<void>;
	live(timeoutS: number): void;
}

const project = path.resolve(import.meta.dirname, '..', '..', '..', '..');
const ownNode = path.join(project, 'node_modules', 'node', 'bin', 'node');
const node = existsSync(ownNode) ? ownNode : process.execPath;

/** What stands around a sandbox: a private home and /tmp, the rest read-only. */
function command(folder: string, internet: boolean): string[] {
	const base = ['--unshare-user', '--uid', '1000', '--gid', '1000', '--unshare-pid'];
	base.push('--unshare-ipc', '--unshare-uts', '--hostname', 'e2b', '--die-with-parent');
	base.push('--new-session', '--clearenv', ...(internet ? [] : ['--unshare-net']));
	const host = ['--ro-bind', '/usr', '/usr'];
	for (const name of ['bin', 'sbin', 'lib', 'lib64'])
		host.push('--symlink', `usr/${name}`, `/${name}`);
	const settings = ['ld.so.cache', 'alternatives', 'matplotlibrc', 'fonts'];
	for (const file of [...settings, ...(internet ? ['resolv.conf', 'ssl'] : [])])
		host.push('--ro-bind-try', `/etc/${file}`, `/etc/${file}`);
	const own = ['--proc', '/proc', '--dev', '/dev'];
	own.push('--bind', path.join(folder, 'home'), '/home/user');
	own.push('--bind', path.join(folder, 'tmp'), '/tmp');
	own.push('--bind', path.join(folder, 'run'), '/run/envd');
	own.push('--ro-bind', node, '/opt/bin/node');
	own.push('--ro-bind', path.join(import.meta.dirname, 'envd.ts'), '/opt/envd/envd.ts');
	own.push('--setenv', 'PATH', '/opt/bin:/usr/local/bin:/usr/bin:/bin', '--chdir', '/home/user');
	return [...base, ...host, ...own];
}

/** Why sandboxes cannot be had on this machine; null when they can. */
export function problemHere(): string | null {
	const tried = spawnSync(
		'bwrap',
		['--ro-bind', '/', '/', '--unshare-user', '--unshare-pid', '--unshare-net', 'true'],
		{ encoding: 'utf8' }
	);
	if (tried.error) return 'bubblewrap is not installed.';
	if (tried.status !== 0) return `bubblewrap does not start: ${tried.stderr.trim()}`;
	const python = existsSync('/usr/bin/python3');
	return python ? null : 'there is no /usr/bin/python3.';
}

export async function openBox(
	facts: Pick<Box, 'id' | 'template' | 'token' | 'metadata' | 'internet'>,
	folder: string,
	timeoutS: number,
	gone: (box: Box) => void
): Promise<Box> {
	for (const name of ['home', 'tmp', 'run'])
		mkdirSync(path.join(folder, name), { recursive: true });
	const inside = ['/opt/bin/node', '/opt/envd/envd.ts', '/run/envd/socket'];
	const child: ChildProcess = spawn('bwrap', [...command(folder, facts.internet), ...inside], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: {}
	});
	const closed = once(child, 'close');
	let timer: NodeJS.Timeout | undefined;
	const box: Box = {
		...facts,
		startedAt: new Date(),
		endAt: new Date(),
		socket: path.join(folder, 'run', 'socket'),
		home: path.join(folder, 'home'),
		async end() {
			clearTimeout(timer);
			gone(box);
			child.kill('SIGKILL');
			await closed;
			await rm(folder, { recursive: true, force: true, maxRetries: 5 });
		},
		live(seconds) {
			clearTimeout(timer);
			box.endAt = new Date(Date.now() + seconds * 1000);
			timer = setTimeout(() => void box.end(), seconds * 1000);
			timer.unref();
		}
	};
	if (child.stdout)
		await Promise.race([
			once(child.stdout, 'data'),
			closed.then(() => Promise.reject(new Error('The sandbox of a test did not start.')))
		]);
	box.live(timeoutS);
	return box;
}

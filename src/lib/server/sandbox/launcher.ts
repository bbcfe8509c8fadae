import fs from 'node:fs';
import path from 'node:path';
import { LIMITS } from './limits';
import type { Runtime } from './runtime';
import type { Language } from './sandbox';
import { seccompProgram } from './seccomp';

/** How a sandbox process is started on this machine. */
export interface Launcher {
	tier: 'wrapped' | 'plain';
	/** Whether processes run as a user without rights, because the server runs as root. */
	dropsUser: boolean;
}

export interface Command {
	file: string;
	args: string[];
	env: Record<string, string>;
	uid?: number;
	/** Handed over as file descriptor 3. */
	seccomp: Buffer | null;
}

const NOBODY = 65534;
const PLACES = {
	deno: '/rt/deno',
	runner: '/rt/runner',
	pyodide: '/rt/pyodide',
	resvg: '/rt/resvg',
	fonts: '/rt/fonts'
};

/** What may be tried, strongest first. */
export function candidates(): Launcher[] {
	const root = process.getuid?.() === 0;
	const found: Launcher[] = [];
	const tools = ['bwrap', 'prlimit', ...(root ? ['setpriv'] : [])];
	if (process.platform === 'linux' && tools.every((t) => findTool(t) !== null)) {
		if (root) found.push({ tier: 'wrapped', dropsUser: true });
		found.push({ tier: 'wrapped', dropsUser: false });
	}
	if (root) found.push({ tier: 'plain', dropsUser: true });
	found.push({ tier: 'plain', dropsUser: false });
	return found;
}

export function findTool(name: string): string | null {
	for (const folder of ['/usr/bin', '/bin', '/usr/local/bin'])
		if (fs.existsSync(path.join(folder, name))) return path.join(folder, name);
	return null;
}

/** The command for one job. */
export function jobCommand(
	launcher: Launcher,
	runtime: Runtime,
	language: Language,
	snapshot: string | null
): Command {
	const wrapped = launcher.tier === 'wrapped';
	const at = wrapped ? PLACES : runtime;
	const snapshotAt = snapshot && wrapped ? '/rt/python.snapshot' : snapshot;
	const readable = [at.runner, at.resvg, at.fonts];
	if (language === 'python') readable.push(at.pyodide, ...(snapshotAt ? [snapshotAt] : []));
	const settings = {
		language,
		snapshot: snapshotAt,
		assets: { pyodide: at.pyodide, resvg: at.resvg, fonts: at.fonts }
	};
	const deno = [
		...['run', '--quiet', '--no-prompt', '--no-remote', '--no-npm', '--no-config', '--no-lock'],
		...['--cached-only', '--no-code-cache', '--deny-net', '--deny-env', '--deny-sys', '--deny-run'],
		...['--deny-ffi', '--deny-write', '--deny-import', `--allow-read=${readable.join(',')}`],
		`--v8-flags=--max-old-space-size=${LIMITS.heapMiB[language]},--wasm-max-mem-pages=${LIMITS.pythonPages},--stack-size=900`,
		`${at.runner}/main.js`,
		JSON.stringify(settings)
	];
	return wrapped ? wrap(launcher, runtime, snapshot, deno) : plain(launcher, runtime, deno);
}

/** The cheapest command that proves that a launcher works here. */
export function probeCommand(launcher: Launcher, runtime: Runtime): Command {
	return launcher.tier === 'wrapped'
		? wrap(launcher, runtime, null, ['--version'])
		: plain(launcher, runtime, ['--version']);
}

/** Trusted: makes the memory snapshot. */
export function snapshotCommand(runtime: Runtime, target: string): Command {
	return plain({ tier: 'plain', dropsUser: false }, runtime, [
		...['run', '--quiet', '--no-prompt', '--no-remote', '--no-npm', '--no-config', '--no-lock'],
		...['--cached-only', '--no-code-cache', '--deny-net', '--deny-env', '--deny-run', '--deny-ffi'],
		`--allow-read=${runtime.runner},${runtime.pyodide}`,
		`--allow-write=${target}`,
		`${runtime.runner}/snapshot.js`,
		runtime.pyodide,
		target
	]);
}

function plain(launcher: Launcher, runtime: Runtime, deno: string[]): Command {
	return {
		file: runtime.deno,
		args: deno,
		// A folder that cannot exist: Deno then keeps no storage and no cache.
		env: {
			PATH: '/usr/bin:/bin',
			HOME: runtime.empty,
			DENO_DIR: process.platform === 'win32' ? 'NUL\\x' : '/dev/null/x',
			DENO_NO_UPDATE_CHECK: '1',
			NO_COLOR: '1'
		},
		...(launcher.dropsUser ? { uid: NOBODY } : {}),
		seccomp: null
	};
}

function wrap(
	launcher: Launcher,
	runtime: Runtime,
	snapshot: string | null,
	deno: string[]
): Command {
	const seccomp = seccompProgram(process.arch);
	const processes = launcher.dropsUser ? 1024 : 8192;
	const drop = [
		...[findTool('setpriv') ?? 'setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`],
		...['--clear-groups', '--inh-caps=-all', '--bounding-set=-all']
	];
	const readOnly = (source: string, target: string) => ['--ro-bind', source, target];
	const args = [
		...[`--nproc=${processes}`, '--data=1500000000', '--fsize=67108864', '--nofile=256'],
		...['--core=0', '--cpu=600'],
		...(launcher.dropsUser ? drop : []),
		findTool('bwrap') ?? 'bwrap',
		...['--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts'],
		...['--unshare-cgroup-try', '--disable-userns', '--assert-userns-disabled'],
		...['--die-with-parent', '--new-session', '--as-pid-1', '--clearenv', '--cap-drop', 'ALL'],
		...['--uid', String(NOBODY), '--gid', String(NOBODY), '--hostname', 'sandbox'],
		...readOnly('/usr/lib', '/usr/lib'),
		...['--symlink', 'usr/lib', '/lib', '--ro-bind-try', '/usr/lib64', '/usr/lib64'],
		...[
			'--symlink',
			'usr/lib64',
			'/lib64',
			'--ro-bind-try',
			'/etc/ld.so.cache',
			'/etc/ld.so.cache'
		],
		...readOnly(runtime.deno, PLACES.deno),
		...readOnly(runtime.runner, PLACES.runner),
		...readOnly(runtime.pyodide, PLACES.pyodide),
		...readOnly(runtime.resvg, PLACES.resvg),
		...readOnly(runtime.fonts, PLACES.fonts),
		...(snapshot ? readOnly(snapshot, '/rt/python.snapshot') : []),
		...[
			'--setenv',
			'DENO_DIR',
			'/dev/null',
			'--setenv',
			'HOME',
			'/tmp',
			'--setenv',
			'NO_COLOR',
			'1'
		],
		...['--setenv', 'DENO_NO_UPDATE_CHECK', '1', '--proc', '/proc', '--dev', '/dev'],
		...['--size', '16777216', '--tmpfs', '/dev/shm', '--size', '1048576', '--tmpfs', '/tmp'],
		...['--chdir', '/tmp', '--remount-ro', '/', '--remount-ro', '/dev'],
		...(seccomp ? ['--seccomp', '3'] : []),
		...['--', PLACES.deno, ...deno]
	];
	return { file: findTool('prlimit') ?? 'prlimit', args, env: { PATH: '/usr/bin:/bin' }, seccomp };
}

import { confined, inMemory, missingTools, NOBODY, readOnly, readOnlyIfThere } from './bubblewrap';
import { LIMITS } from './limits';
import type { Command } from './process';
import type { Runtime } from './runtime';
import type { Language } from './sandbox';

/** How a sandbox process is started on this machine. */
export interface Launcher {
	tier: 'wrapped' | 'plain';
	/** Whether processes run as a user without rights, because the server runs as root. */
	dropsUser: boolean;
}

/** Installed Python packages that a job loads before it begins. */
export interface PackageLoad {
	folder: string;
	/** By the names of their lock file; what they depend on comes with them. */
	names: string[];
	/** All that could have been loaded, by module. */
	modules: string[];
}

const PLACES = {
	deno: '/rt/deno',
	runner: '/rt/runner',
	pyodide: '/rt/pyodide',
	resvg: '/rt/resvg',
	fonts: '/rt/fonts',
	packages: '/rt/packages'
};

/** What may be tried, strongest first. */
export function candidates(): Launcher[] {
	const root = process.getuid?.() === 0;
	const found: Launcher[] = [];
	if (process.platform === 'linux' && missingTools().length === 0) {
		if (root) found.push({ tier: 'wrapped', dropsUser: true });
		found.push({ tier: 'wrapped', dropsUser: false });
	}
	if (root) found.push({ tier: 'plain', dropsUser: true });
	found.push({ tier: 'plain', dropsUser: false });
	return found;
}

/** The command for one job. */
export function jobCommand(
	launcher: Launcher,
	runtime: Runtime,
	language: Language,
	snapshot: string | null,
	packages: PackageLoad | null = null
): Command {
	const wrapped = launcher.tier === 'wrapped';
	const at = wrapped ? PLACES : runtime;
	const snapshotAt = snapshot && wrapped ? '/rt/python.snapshot' : snapshot;
	const packagesAt = packages && wrapped ? PLACES.packages : packages?.folder;
	const readable = [at.runner, at.resvg, at.fonts];
	if (language === 'python') readable.push(at.pyodide, ...(snapshotAt ? [snapshotAt] : []));
	if (packagesAt) readable.push(packagesAt);
	const settings = {
		language,
		snapshot: snapshotAt,
		assets: { pyodide: at.pyodide, resvg: at.resvg, fonts: at.fonts },
		packages: packages && { ...packages, folder: packagesAt }
	};
	const deno = [
		...['run', '--quiet', '--no-prompt', '--no-remote', '--no-npm', '--no-config', '--no-lock'],
		...['--cached-only', '--no-code-cache', '--deny-net', '--deny-env', '--deny-sys', '--deny-run'],
		...['--deny-ffi', '--deny-write', '--deny-import', `--allow-read=${readable.join(',')}`],
		`--v8-flags=--max-old-space-size=${LIMITS.heapMiB[language]},--wasm-max-mem-pages=${LIMITS.pythonPages},--stack-size=900`,
		`${at.runner}/main.js`,
		JSON.stringify(settings)
	];
	return wrapped
		? wrap(launcher, runtime, { snapshot, packages: packages?.folder }, deno)
		: plain(launcher, runtime, deno);
}

/** The cheapest command that proves that a launcher works here. */
export function probeCommand(launcher: Launcher, runtime: Runtime): Command {
	return launcher.tier === 'wrapped'
		? wrap(launcher, runtime, {}, ['--version'])
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
	{ snapshot, packages }: { snapshot?: string | null; packages?: string | undefined },
	deno: string[]
): Command {
	return confined(
		{
			limits: ['--data=1500000000', '--fsize=67108864'],
			mounts: [
				...readOnly('/usr/lib'),
				...['--symlink', 'usr/lib', '/lib', ...readOnlyIfThere('/usr/lib64')],
				...['--symlink', 'usr/lib64', '/lib64', ...readOnlyIfThere('/etc/ld.so.cache')],
				...readOnly(runtime.deno, PLACES.deno),
				...readOnly(runtime.runner, PLACES.runner),
				...readOnly(runtime.pyodide, PLACES.pyodide),
				...readOnly(runtime.resvg, PLACES.resvg),
				...readOnly(runtime.fonts, PLACES.fonts),
				...(snapshot ? readOnly(snapshot, '/rt/python.snapshot') : []),
				...(packages ? readOnly(packages, PLACES.packages) : [])
			],
			env: { DENO_DIR: '/dev/null', HOME: '/tmp', NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' },
			writable: inMemory(1 << 20, '/tmp'),
			folder: '/tmp',
			program: [PLACES.deno, ...deno]
		},
		launcher.dropsUser
	);
}

import fs from 'node:fs';
import path from 'node:path';
import type { Command } from './process';
import { seccompProgram } from './seccomp';

/** The user without rights that sandbox processes run as. */
export const NOBODY = 65534;

export function findTool(name: string): string | null {
	for (const folder of ['/usr/bin', '/bin', '/usr/local/bin'])
		if (fs.existsSync(path.join(folder, name))) return path.join(folder, name);
	return null;
}

/** The system's programs that a wrapped process needs and this machine lacks. */
export function missingTools(): string[] {
	const root = process.getuid?.() === 0;
	return ['bwrap', 'prlimit', ...(root ? ['setpriv'] : [])].filter((t) => findTool(t) === null);
}

/** What stands inside the walls. */
export interface Cell {
	/** prlimit's options beyond those that all cells share. */
	limits: string[];
	/** bwrap's options for what is visible; everything else is not. */
	mounts: string[];
	env: Record<string, string>;
	/** Options for `/tmp` and whatever else can be written to. */
	writable: string[];
	folder: string;
	program: string[];
}

/** For `mounts`: shows a file or folder, read-only. */
export const readOnly = (source: string, target = source) => ['--ro-bind', source, target];
export const readOnlyIfThere = (source: string) => ['--ro-bind-try', source, source];

/** A file system in memory of its own. */
export const inMemory = (bytes: number, target: string) => [
	...['--size', String(bytes), '--tmpfs', target]
];

/**
 * A process in namespaces of its own, without capabilities, network or new processes, as a user
 * without rights; `dropsUser` says whether this process has to give its rights up first.
 */
export function confined(cell: Cell, dropsUser: boolean): Command {
	const seccomp = seccompProgram(process.arch);
	const drop = [
		...[findTool('setpriv') ?? 'setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`],
		...['--clear-groups', '--inh-caps=-all', '--bounding-set=-all']
	];
	const args = [
		...[`--nproc=${dropsUser ? 1024 : 8192}`, '--nofile=256', '--core=0', '--cpu=600'],
		...cell.limits,
		...(dropsUser ? drop : []),
		findTool('bwrap') ?? 'bwrap',
		...['--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts'],
		...['--unshare-cgroup-try', '--disable-userns', '--assert-userns-disabled'],
		...['--die-with-parent', '--new-session', '--as-pid-1', '--clearenv', '--cap-drop', 'ALL'],
		...['--uid', String(NOBODY), '--gid', String(NOBODY), '--hostname', 'sandbox'],
		...cell.mounts,
		...Object.entries(cell.env).flatMap(([name, value]) => ['--setenv', name, value]),
		...['--proc', '/proc', '--dev', '/dev', ...inMemory(16 << 20, '/dev/shm'), ...cell.writable],
		...['--chdir', cell.folder, '--remount-ro', '/', '--remount-ro', '/dev'],
		...(seccomp ? ['--seccomp', '3'] : []),
		...['--', ...cell.program]
	];
	return { file: findTool('prlimit') ?? 'prlimit', args, env: { PATH: '/usr/bin:/bin' }, seccomp };
}

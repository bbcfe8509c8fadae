import { confined, inMemory, readOnly, readOnlyIfThere } from '../bubblewrap';
import { LIMITS } from '../limits';
import type { Command } from '../process';
import type { SandboxInput } from '../sandbox';
import runner from './runner.py?raw';

/** The system's own interpreter, never one that a version manager puts before it. */
export const PYTHON = '/usr/bin/python3';

const MIB = 1024 * 1024;
/** Inputs are copied into memory before the code begins; what is beyond this is not shown to it. */
export const INPUT_BYTES = 512 * MIB;
const WRITTEN_BYTES = 192 * MIB;
const FILE_BYTES = 128 * MIB;
const ADDRESS_BYTES = 2048 * MIB;
/** Below what the watchdog ends, so that code gets a MemoryError first. */
const DATA_BYTES = LIMITS.residentBytes - 64 * MIB;

/** Python with one argument or program text in a cell of its own. */
export function pythonCommand(args: string[], inputBytes: number, dropsUser: boolean): Command {
	return confined(
		{
			limits: [
				`--as=${ADDRESS_BYTES}`,
				`--data=${DATA_BYTES}`,
				`--fsize=${Math.max(FILE_BYTES, inputBytes)}`
			],
			mounts: [
				...readOnly('/usr'),
				...['bin', 'lib', 'lib64'].flatMap((name) => ['--symlink', `usr/${name}`, `/${name}`]),
				...['alternatives', 'ld.so.cache', 'fonts', 'matplotlibrc'].flatMap((name) =>
					readOnlyIfThere(`/etc/${name}`)
				)
			],
			env: {
				PATH: '/usr/bin',
				HOME: '/tmp',
				LANG: 'C.UTF-8',
				TZ: 'UTC',
				MPLBACKEND: 'Agg',
				MPLCONFIGDIR: '/tmp',
				OPENBLAS_NUM_THREADS: '1'
			},
			writable: [
				...inMemory(64 * MIB, '/tmp'),
				...inMemory(inputBytes + WRITTEN_BYTES, '/session')
			],
			folder: '/session',
			program: [PYTHON, '-I', '-X', 'utf8', '-c', ...args]
		},
		dropsUser
	);
}

/** The command for one job with these inputs. */
export function nativeJobCommand(inputs: SandboxInput[], dropsUser: boolean): Command {
	const bytes = inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
	return pythonCommand([runner], bytes, dropsUser);
}

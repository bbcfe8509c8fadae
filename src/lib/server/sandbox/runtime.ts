import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import channel from './runner/channel.js?raw';
import charts from './runner/charts.js?raw';
import colors from './runner/colors.js?raw';
import dates from './runner/dates.py?raw';
import decorations from './runner/decorations.js?raw';
import draw from './runner/draw.js?raw';
import driver from './runner/driver.py?raw';
import figure from './runner/figure.js?raw';
import javascript from './runner/javascript.js?raw';
import layout from './runner/layout.js?raw';
import main from './runner/main.js?raw';
import matplotlib from './runner/matplotlib.py?raw';
import plots from './runner/plots.js?raw';
import plt from './runner/plt.js?raw';
import pyplot from './runner/pyplot.py?raw';
import python from './runner/python.js?raw';
import scales from './runner/scales.js?raw';
import snapshot from './runner/snapshot.js?raw';
import statistics from './runner/statistics.js?raw';
import svg from './runner/svg.js?raw';
import ticker from './runner/ticker.py?raw';

/** What a sandbox process is made of: absolute paths on this machine. */
export interface Runtime {
	deno: string;
	/** Folder with the runner's own files. */
	runner: string;
	pyodide: string;
	resvg: string;
	fonts: string;
	/** An empty folder: working directory and home. */
	empty: string;
	/** Where the memory snapshot is kept. */
	snapshots: string;
	/** Changes whenever a snapshot of another build would not fit. */
	snapshotKey: string;
	/** Set when the folder is this process's own and must go with it. */
	temporary: string | null;
}

const PYTHON_FILES = {
	'_raro_driver.py': driver,
	'matplotlib/__init__.py': matplotlib,
	'matplotlib/dates.py': dates,
	'matplotlib/pyplot.py': pyplot,
	'matplotlib/ticker.py': ticker
};

const RUNNER_FILES: Record<string, string> = {
	'channel.js': channel,
	'charts.js': charts,
	'colors.js': colors,
	'decorations.js': decorations,
	'draw.js': draw,
	'figure.js': figure,
	'javascript.js': javascript,
	'layout.js': layout,
	'main.js': main,
	'plots.js': plots,
	'plt.js': plt,
	'python.js': python,
	'scales.js': scales,
	'snapshot.js': snapshot,
	'statistics.js': statistics,
	'svg.js': svg,
	'python-files.js': `export default ${JSON.stringify(PYTHON_FILES)};\n`
};

/**
 * Finds the installed parts and writes the runner to `cache`, unless it is there already.
 * @throws Error saying which part is missing.
 */
export function installRuntime(cache: string): Runtime {
	const deno = findDeno();
	const pyodide = packageFolder('pyodide');
	// Root's processes change to a user without rights, who could not enter a private folder.
	const temporary =
		process.getuid?.() === 0 ? fs.mkdtempSync(path.join(os.tmpdir(), 'raro-sandbox-')) : null;
	if (temporary) fs.chmodSync(temporary, 0o755);
	const base = temporary ?? path.join(cache, 'sandbox');
	const hash = createHash('sha256').update(JSON.stringify(RUNNER_FILES)).digest('hex').slice(0, 16);
	const mode = temporary ? 0o444 : 0o440;
	const runner = path.join(base, `runner-${hash}`);
	writeRunner(base, runner, mode);
	const empty = path.join(base, 'empty');
	fs.mkdirSync(empty, { recursive: true, mode: 0o755 });
	const snapshots = path.join(cache, 'sandbox');
	fs.mkdirSync(snapshots, { recursive: true, mode: 0o750 });
	return {
		deno,
		runner,
		pyodide,
		resvg: packageFolder('@resvg/resvg-wasm'),
		fonts: path.join(packageFolder('dejavu-fonts-ttf'), 'ttf'),
		empty,
		snapshots,
		snapshotKey: createHash('sha256')
			.update(
				[versionOf(pyodide), versionOf(path.dirname(deno)), process.arch, snapshot].join('\n')
			)
			.digest('hex')
			.slice(0, 16),
		temporary
	};
}

/** Written beside its place and renamed, so that a runner folder is whole or absent. */
function writeRunner(base: string, folder: string, mode: number): void {
	if (fs.existsSync(folder)) return;
	const fresh = path.join(base, `.${randomUUID()}`);
	fs.mkdirSync(fresh, { recursive: true, mode: 0o755 });
	for (const [name, text] of Object.entries(RUNNER_FILES))
		fs.writeFileSync(path.join(fresh, name), text, { mode });
	try {
		fs.renameSync(fresh, folder);
	} catch (error) {
		fs.rmSync(fresh, { recursive: true, force: true });
		if (!fs.existsSync(folder)) throw error;
	}
}

const require = createRequire(import.meta.url);

function packageFolder(name: string): string {
	for (const folder of require.resolve.paths(name) ?? []) {
		const candidate = path.join(folder, name);
		if (fs.existsSync(path.join(candidate, 'package.json'))) return fs.realpathSync(candidate);
	}
	throw new Error(`the package ${name} is not installed`);
}

function versionOf(folder: string): string {
	const parsed: unknown = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
	return typeof parsed === 'object' && parsed !== null && 'version' in parsed
		? String(parsed.version)
		: 'unknown';
}

function findDeno(): string {
	const libc = process.platform === 'linux' ? '-glibc' : '';
	const name = `@deno/${process.platform}-${process.arch}${libc}`;
	const binary = path.join(packageFolder(name), process.platform === 'win32' ? 'deno.exe' : 'deno');
	if (!fs.existsSync(binary)) throw new Error(`${name} holds no Deno binary`);
	return binary;
}

import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import channel from './runner/channel.js?raw';
import charts from './runner/charts.js?raw';
import driver from './runner/driver.py?raw';
import figure from './runner/figure.js?raw';
import javascript from './runner/javascript.js?raw';
import main from './runner/main.js?raw';
import matplotlib from './runner/matplotlib.py?raw';
import options from './runner/options.js?raw';
import plt from './runner/plt.js?raw';
import pyplot from './runner/pyplot.py?raw';
import python from './runner/python.js?raw';
import scales from './runner/scales.js?raw';
import series from './runner/series.js?raw';
import snapshot from './runner/snapshot.js?raw';
import vega from './runner/vega.js?raw';

/** What a sandbox process is made of: absolute paths on this machine. */
export interface Runtime {
	deno: string;
	/** Folder with the runner's own files. */
	runner: string;
	pyodide: string;
	vega: string;
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
	'matplotlib/pyplot.py': pyplot
};

const RUNNER_FILES: Record<string, string> = {
	'main.js': main,
	'channel.js': channel,
	'python.js': python,
	'javascript.js': javascript,
	'snapshot.js': snapshot,
	'charts.js': charts,
	'figure.js': figure,
	'series.js': series,
	'options.js': options,
	'scales.js': scales,
	'vega.js': vega,
	'plt.js': plt,
	'python-files.js': `export default ${JSON.stringify(PYTHON_FILES)};\n`
};

/**
 * Finds the installed parts and writes the runner to `cache`, unless it is there already.
 * @throws Error saying which part is missing.
 */
export function installRuntime(cache: string): Runtime {
	const deno = findDeno();
	const pyodide = packageFolder('pyodide');
	const vegaFolder = packageFolder('vega');
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
		vega: path.join(vegaFolder, 'build', 'vega.min.js'),
		resvg: packageFolder('@resvg/resvg-wasm'),
		fonts: path.join(packageFolder('dejavu-fonts-ttf'), 'ttf'),
		empty,
		snapshots,
		snapshotKey: createHash('sha256')
			.update([versionOf(pyodide), versionOf(path.dirname(deno)), process.arch, snapshot].join('\n'))
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
	const binary = path.join(
		packageFolder(name),
		process.platform === 'win32' ? 'deno.exe' : 'deno'
	);
	if (!fs.existsSync(binary)) throw new Error(`${name} holds no Deno binary`);
	return binary;
}

import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import snapshotProgram from './runner/snapshot.js?raw';

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
	/** Where sandbox processes can read it: the same folder, unless the server runs as root. */
	readable: string;
	/** Another one whenever a snapshot of another build would not fit. */
	snapshotName: string;
}

const programs = import.meta.glob<string>('./runner/**/*.js', {
	query: '?raw',
	import: 'default',
	eager: true
});
const modules = import.meta.glob<string>('./runner/python/**/*.py', {
	query: '?raw',
	import: 'default',
	eager: true
});

/** The same texts by their path below `folder`. */
function below(folder: string, texts: Record<string, string>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(texts).map(([at, text]) => [at.slice(folder.length), text])
	);
}

const RUNNER_FILES: Record<string, string> = {
	...below('./runner/', programs),
	'python-files.js': `export default ${JSON.stringify(below('./runner/python/', modules))};\n`
};

/**
 * Finds the installed parts and writes the runner to `cache`, unless it is there already.
 * @throws Error saying which part is missing.
 */
export function installRuntime(cache: string): Runtime {
	const deno = findDeno();
	const { folder: pyodide, version } = findPyodide();
	const root = process.getuid?.() === 0;
	const base = root ? openFolder(cache) : path.join(cache, 'sandbox');
	const mode = root ? 0o444 : 0o440;
	const runner = path.join(base, `runner-${digest(JSON.stringify(RUNNER_FILES))}`);
	writeRunner(base, runner, mode);
	const empty = path.join(base, 'empty');
	fs.mkdirSync(empty, { recursive: true, mode: 0o755 });
	const snapshots = path.join(cache, 'sandbox');
	fs.mkdirSync(snapshots, { recursive: true, mode: 0o750 });
	const build = [version, versionOf(path.dirname(deno)), process.arch, snapshotProgram];
	const snapshotName = `python-${digest(build.join('\n'))}.snapshot`;
	for (const folder of new Set([base, snapshots]))
		removeStale(folder, [path.basename(runner), snapshotName, 'empty', OWNER]);
	return {
		deno,
		runner,
		pyodide,
		resvg: packageFolder('@resvg/resvg-wasm'),
		fonts: path.join(packageFolder('dejavu-fonts-ttf'), 'ttf'),
		empty,
		snapshots,
		readable: base,
		snapshotName
	};
}

/** Begins the names of copies of Python packages, which `packages/` makes and takes away. */
export const PACKAGES = 'packages-';

export const digest = (text: string) =>
	createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Younger leftovers may be in the making. */
export const STALE_MS = 600_000;

/** Takes away what other builds and killed servers left; younger things may be in the making. */
function removeStale(folder: string, current: string[]): void {
	for (const name of fs.readdirSync(folder)) {
		const at = path.join(folder, name);
		const age = Date.now() - (fs.lstatSync(at, { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
		if (name.startsWith(PACKAGES)) continue;
		if (!current.includes(name) && age > STALE_MS) fs.rmSync(at, { recursive: true, force: true });
	}
}

/**
 * Root's processes change to a user without rights, who cannot enter private folders; for them the
 * runner stands in the system's folder for temporary files. One folder for one cache: what a killed
 * server leaves is what the next one uses.
 * @throws Error when somebody else has put something in its place.
 */
function openFolder(cache: string): string {
	const folder = path.join(os.tmpdir(), `raro-sandbox-${digest(path.resolve(cache))}`);
	fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
	const found = fs.lstatSync(folder);
	if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0)
		throw new Error(`${folder} is not a folder that only root can write; remove it`);
	fs.chmodSync(folder, 0o755);
	fs.writeFileSync(path.join(folder, OWNER), path.resolve(cache), { mode: 0o600 });
	removeOrphans();
	return folder;
}

/** Names, in such a folder, the cache that it belongs to. */
const OWNER = 'cache';

/** Takes away the folders of caches that are no more. */
function removeOrphans(): void {
	for (const name of fs.readdirSync(os.tmpdir())) {
		if (!/^raro-sandbox-[0-9a-f]{16}$/.test(name)) continue;
		const folder = path.join(os.tmpdir(), name);
		if (fs.lstatSync(folder, { throwIfNoEntry: false })?.uid !== 0) continue;
		const owner = path.join(folder, OWNER);
		if (fs.existsSync(owner) && !fs.existsSync(fs.readFileSync(owner, 'utf8')))
			fs.rmSync(folder, { recursive: true, force: true });
	}
}

/** Written beside its place and renamed, so that a runner folder is whole or absent. */
function writeRunner(base: string, folder: string, mode: number): void {
	if (fs.existsSync(folder)) return;
	const fresh = path.join(base, `.${randomUUID()}`);
	fs.mkdirSync(fresh, { recursive: true, mode: 0o755 });
	for (const [name, text] of Object.entries(RUNNER_FILES)) {
		fs.mkdirSync(path.dirname(path.join(fresh, name)), { recursive: true, mode: 0o755 });
		fs.writeFileSync(path.join(fresh, name), text, { mode });
	}
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

/**
 * The installed Pyodide.
 * @throws Error when there is none.
 */
export function findPyodide(): { folder: string; version: string } {
	const folder = packageFolder('pyodide');
	return { folder, version: versionOf(folder) };
}

function findDeno(): string {
	const libc = process.platform === 'linux' ? '-glibc' : '';
	const name = `@deno/${process.platform}-${process.arch}${libc}`;
	const binary = path.join(packageFolder(name), process.platform === 'win32' ? 'deno.exe' : 'deno');
	if (!fs.existsSync(binary)) throw new Error(`${name} holds no Deno binary`);
	return binary;
}

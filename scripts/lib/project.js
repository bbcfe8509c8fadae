/**
 * What start, test and bench share: finding this project's own Node, installing what is missing and
 * building what is stale. Runs on Node 20 and newer, with nothing installed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	existsSync,
	lstatSync,
	mkdirSync,
	readFileSync,
	readdirSync,
	statSync,
	writeFileSync
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const modules = path.join(root, 'node_modules');
const bin = path.join(modules, '.bin');
const installMark = path.join(modules, '.raro-installed');
const buildMark = path.join(root, 'build', '.raro-built');

/** The environment in which this project's own Node and tools come first. */
export function projectEnv(extra = {}) {
	return { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`, ...extra };
}

/** The Node that everything runs on, whatever this script was started with. */
export function nodeBinary() {
	const own = path.join(
		root,
		'node_modules',
		'node',
		'bin',
		process.platform === 'win32' ? 'node.exe' : 'node'
	);
	return existsSync(own) ? own : process.execPath;
}

/**
 * Runs a command to its end, showing its output.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [extra] environment
 * @returns {number} its exit status
 */
export function run(command, args, extra = {}) {
	const done = spawnSync(command, args, {
		cwd: root,
		stdio: 'inherit',
		env: projectEnv(extra),
		shell: process.platform === 'win32'
	});
	if (done.error) {
		console.error(`Could not run ${command}: ${done.error.message}`);
		return 1;
	}
	return done.status ?? 1;
}

/**
 * Starts a program under the project's own Node and waits for its end, passing signals on.
 * @param {string[]} args
 * @param {Record<string, string>} [extra] environment
 * @returns {Promise<number>}
 */
export function runNode(args, extra = {}) {
	const child = spawn(nodeBinary(), args, { cwd: root, stdio: 'inherit', env: projectEnv(extra) });
	/** @type {NodeJS.Signals[]} */
	const signals = ['SIGINT', 'SIGTERM'];
	for (const signal of signals) process.on(signal, () => child.kill(signal));
	return new Promise((resolve) => {
		child.once('error', (error) => {
			console.error(`Could not start ${nodeBinary()}: ${error.message}`);
			resolve(1);
		});
		child.once('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)));
	});
}

/** @param {string} file */
function digest(file) {
	return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** @param {string} file */
function readOr(file) {
	return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Installs the locked packages unless exactly these are there. Ends the process when it fails. */
export function install() {
	const wanted = digest(path.join(root, 'package-lock.json'));
	if (readOr(installMark) === wanted && existsSync(bin)) return;
	if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
		// "npm ci" would empty the folder that it leads to, which is somebody else's.
		console.error(
			`${modules} is a link, and what it leads to is not what package-lock.json asks for. Install the ` +
				'packages where the link leads to, or remove the link and start again.'
		);
		process.exit(1);
	}
	console.log('Installing packages (this happens once) …');
	const status = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
	if (status !== 0) {
		console.error('"npm ci" failed; see above. Raro needs the npm registry the first time.');
		process.exit(status);
	}
	writeFileSync(installMark, wanted);
}

const SOURCES = ['src', 'static', 'svelte.config.js', 'vite.config.ts', 'package-lock.json'];

/** @param {string} entry @returns {string[]} */
function filesBelow(entry) {
	const absolute = path.join(root, entry);
	if (!existsSync(absolute)) return [];
	if (!statSync(absolute).isDirectory()) return [entry];
	return readdirSync(absolute)
		.sort()
		.flatMap((name) => filesBelow(path.join(entry, name)));
}

/** Names the state of everything that the build is made from. */
function sourceState() {
	const hash = createHash('sha256');
	for (const file of SOURCES.flatMap(filesBelow)) {
		if (/\.test\.ts$/.test(file) || file.startsWith(path.join('src', 'tests'))) continue;
		hash.update(`${file}\0`).update(readFileSync(path.join(root, file)));
	}
	return hash.digest('hex');
}

/** Builds the app unless the build is of exactly these sources. Ends the process when it fails. */
export function build() {
	const wanted = sourceState();
	if (readOr(buildMark) === wanted) return;
	console.log('Building the app …');
	const vite = path.join('node_modules', 'vite', 'bin', 'vite.js');
	const done = spawnSync(nodeBinary(), [vite, 'build', '--logLevel', 'warn'], {
		cwd: root,
		env: projectEnv(),
		encoding: 'utf8'
	});
	// A build that succeeds has notes for developers only; "npm run build" shows them.
	if (done.status !== 0) {
		console.error(`${done.error?.message ?? ''}${done.stdout ?? ''}${done.stderr ?? ''}`);
		process.exit(done.status ?? 1);
	}
	mkdirSync(path.dirname(buildMark), { recursive: true });
	writeFileSync(buildMark, wanted);
}

/** What the tests need of the machine itself: a Chromium and, on Linux, bubblewrap and Python. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { run } from './project.js';

const onDebian = process.platform === 'linux' && existsSync('/etc/debian_version');
const mayInstall = onDebian && process.getuid?.() === 0;

/** @param {string[]} packages @returns {boolean} whether Debian's packages could be installed */
function installDebian(packages) {
	if (!mayInstall) return false;
	console.log(`Installing Debian's ${packages.join(', ')} …`);
	const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
	return (
		run('apt-get', ['update', '-qq'], quiet) === 0 &&
		run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet) === 0
	);
}

/**
 * The browser for the tests: CHROMIUM_PATH, an installed Chromium, Debian's, or Playwright's own.
 * @returns {{path: string | undefined} | null} null when there is none; no path = Playwright's own
 */
export function findChromium() {
	const named = process.env.CHROMIUM_PATH;
	if (named) {
		if (existsSync(named)) return { path: named };
		console.error(`CHROMIUM_PATH names ${named}, which does not exist.`);
		return null;
	}
	const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
	const found = installed.find(existsSync);
	if (found) return { path: found };
	if (installDebian(['chromium']) && existsSync('/usr/bin/chromium'))
		return { path: '/usr/bin/chromium' };
	console.log("No Chromium is installed; fetching Playwright's own …");
	return run('npx', ['playwright', 'install', 'chromium']) === 0 ? { path: undefined } : null;
}

/** What the sandboxes' tests need, and what goes untested without it. */
const SANDBOX_PARTS = [
	{
		packages: ['bubblewrap'],
		there: () => works('bwrap', ['--version']),
		lost: 'bubblewrap is not installed, so the tests of the wrapped and of the native sandbox will be skipped.'
	},
	{
		packages: ['python3', 'python3-pandas', 'python3-matplotlib'],
		// The system's own: a version manager may stand before it in the PATH.
		there: () => works('/usr/bin/python3', ['-I', '-c', 'import pandas, matplotlib']),
		lost: 'the system has no python3 with pandas and matplotlib, so tests of the native sandbox will be skipped.'
	}
];

/** @param {string} command @param {string[]} args */
const works = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Makes available, where that is possible, what the sandboxes are tested with; says what is lost. */
export function provideSandboxParts() {
	if (process.platform !== 'linux') return;
	const missing = SANDBOX_PARTS.filter((part) => !part.there());
	if (missing.length > 0) installDebian(missing.flatMap(({ packages }) => packages));
	for (const { lost } of missing.filter((part) => !part.there())) console.warn(`WARNING: ${lost}`);
}

import { readConfig } from '../../platform/config';
import { createLayout } from '../../storage/layout';
import { findPyodide } from '../runtime';
import { installPackages } from './install';
import { closure, OFFERED, packagesFolder, readLock } from './lock';

/**
 * What `npm run sandbox:packages` does: fetches the wheels that the installed Pyodide pins into the
 * storage folder.
 * @throws ConfigError, InstallError and errors of the file system, with messages for a person.
 */
export async function installSandboxPackages(
	say: (line: string) => void,
	{ config = readConfig(), pyodide = findPyodide() } = {}
): Promise<void> {
	const { STORAGE_ROOT, SANDBOX_PACKAGES_URL } = config;
	const { version } = pyodide;
	const pinned = await readLock(pyodide.folder);
	const names = OFFERED.filter((name) => name in pinned.packages);
	const lock = closure(pinned, names);
	const base = SANDBOX_PACKAGES_URL ?? `https://cdn.jsdelivr.net/pyodide/v${version}/full/`;
	const folder = packagesFolder(createLayout(STORAGE_ROOT).packages, version);
	say(`Fetching ${Object.keys(lock.packages).length} packages from ${base}`);
	const done = await installPackages({
		lock,
		base: base.endsWith('/') ? base : `${base}/`,
		folder,
		say
	});
	say(`${done.fetched} fetched, ${done.kept} kept, in ${folder}`);
	const left = OFFERED.filter((name) => !names.includes(name));
	if (left.length > 0) say(`Pyodide ${version} does not have ${left.join(', ')}.`);
	say('Restart the server: it offers them from its next start on.');
}

import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '../../platform/log';
import { digest, findPyodide, PACKAGES, STALE_MS } from '../runtime';
import { digestOf } from './digest';
import { closure, packagesFolder, readLock, type Lock } from './lock';

/** Wheels that were fetched for this Pyodide, all of them there and right. */
export interface InstalledPackages {
	/** The wheels, and a lock file that holds exactly them. */
	folder: string;
	lock: Lock;
	/** For people and models: every package by the module that is imported. */
	offered: { module: string; version: string }[];
}

/**
 * What `npm run sandbox:packages` left for the installed Pyodide; null when there is nothing. An
 * installation with a wrong or missing file is not offered at all, and that is logged.
 */
export async function findPackages(packages: string, log: Log): Promise<InstalledPackages | null> {
	let folder = packages;
	try {
		folder = packagesFolder(packages, findPyodide().version);
		const lock = await readLock(folder);
		closure(lock, Object.keys(lock.packages));
		for (const { file_name, sha256 } of Object.values(lock.packages))
			if ((await digestOf(path.join(folder, file_name))) !== sha256)
				throw new Error(`${file_name} is missing or damaged`);
		return { folder, lock, offered: offeredBy(lock) };
	} catch (error) {
		const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
		if (!absent || (await wasFetched(packages)))
			log.warn(
				{ err: error, folder },
				'Python packages are not offered, because what was fetched is not whole or is for another Pyodide; run "npm run sandbox:packages" again'
			);
		return null;
	}
}

/** Whether somebody once wanted packages. */
async function wasFetched(packages: string): Promise<boolean> {
	const names = await fs.readdir(packages).catch(() => []);
	return names.some((name) => name.startsWith('pyodide-'));
}

function offeredBy({ packages }: Lock): InstalledPackages['offered'] {
	return Object.values(packages).flatMap(({ name, version, imports }) => {
		const module = imports.find((m) => m === name) ?? imports[0];
		return module ? [{ module, version }] : [];
	});
}

/** A copy, in a folder of its own below `base`, that every user can read; made once. */
export async function readableCopy(
	{ folder, lock, offered }: InstalledPackages,
	base: string
): Promise<InstalledPackages> {
	const name = PACKAGES + digest(JSON.stringify(lock));
	const copy = path.join(base, name);
	for (const other of await fs.readdir(base)) {
		if (!other.startsWith(PACKAGES) || other === name) continue;
		const made = await fs.stat(path.join(base, other)).catch(() => null);
		if (made && Date.now() - made.mtimeMs > STALE_MS)
			await fs.rm(path.join(base, other), { recursive: true, force: true });
	}
	if (!(await fs.stat(copy).catch(() => null))) {
		const fresh = path.join(base, `.${randomUUID()}`);
		await fs.cp(folder, fresh, { recursive: true, filter: (file) => !file.endsWith('.part') });
		for (const file of await fs.readdir(fresh)) await fs.chmod(path.join(fresh, file), 0o444);
		await fs.chmod(fresh, 0o755);
		await fs.rename(fresh, copy).catch(async (error: unknown) => {
			await fs.rm(fresh, { recursive: true, force: true });
			if (!(await fs.stat(copy).catch(() => null))) throw error;
		});
	}
	return { folder: copy, lock, offered };
}

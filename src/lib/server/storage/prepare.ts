import * as fs from 'node:fs/promises';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { SCOPES, type Layout } from './layout';
import { StartupError } from '../platform/startup-error';

/**
 * Makes the folders of the storage root and proves that it can be written to.
 * @throws StartupError naming the folder and the reason.
 */
export async function prepareStorage(layout: Layout): Promise<void> {
	try {
		await fs.mkdir(layout.root, { recursive: true, mode: 0o750 });
		for (const folder of [...SCOPES.map((s) => path.join(layout.root, s)), layout.temp, layout.cache])
			await fs.mkdir(folder, { recursive: true, mode: 0o750 });
		const probe = path.join(layout.temp, randomUUID());
		await fs.writeFile(probe, 'writable');
		await fs.rm(probe);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new StartupError(
			`The storage root ${layout.root} is not writable (${reason}). Give the user that runs Raro write access, or set STORAGE_ROOT to another folder.`,
			{ cause: error }
		);
	}
}

/** Removes unfinished files. Only for the holder of the lock: nobody else can be writing them. */
export async function emptyTemp(layout: Layout): Promise<void> {
	for (const name of await fs.readdir(layout.temp))
		await fs.rm(path.join(layout.temp, name), { recursive: true, force: true });
}

/** Whether the root can be written to, and how many bytes are free for this user. */
export async function storageHealth(
	layout: Layout
): Promise<{ writable: boolean; free_bytes: number }> {
	const writable = await fs.access(layout.temp, fs.constants.W_OK).then(
		() => true,
		() => false
	);
	const { bavail, bsize } = await fs.statfs(layout.root);
	return { writable, free_bytes: bavail * bsize };
}

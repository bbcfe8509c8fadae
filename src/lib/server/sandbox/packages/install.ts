import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { digestOf } from './digest';
import { download, DownloadError } from './download';
import { LOCK_NAME, type Lock } from './lock';

const STALE_MS = 3_600_000;
const IDLE_MS = 60_000;

interface Job {
	/** What to install: exactly these, in Pyodide's own form. */
	lock: Lock;
	/** The address that the file names are put behind; ends with a slash. */
	base: string;
	/** Becomes the installation: the wheels, and last the lock file that says they are all there. */
	folder: string;
	/** One line of progress. */
	say(line: string): void;
	idleMs?: number;
}

/** Not everything could be installed; the message has a line for each file that is missing. */
export class InstallError extends Error {
	override readonly name = 'InstallError';
}

/**
 * Brings a folder to exactly what a lock file pins. Files that are there and right are kept, so it may be
 * repeated, and two may run at once. The folder counts as an installation only when all is there.
 * @throws InstallError
 */
export async function installPackages(job: Job): Promise<{ fetched: number; kept: number }> {
	const { lock, base, folder, say, idleMs = IDLE_MS } = job;
	await fs.mkdir(folder, { recursive: true, mode: 0o750 });
	await removeStaleParts(folder);
	const packages = Object.values(lock.packages);
	const failures: string[] = [];
	let fetched = 0;
	let kept = 0;
	for (const [index, { name, version, file_name, sha256 }] of packages.entries()) {
		const target = path.join(folder, file_name);
		const step = `[${index + 1}/${packages.length}] ${name} ${version}`;
		const found = await digestOf(target);
		if (found === sha256) {
			kept++;
			say(`${step} is there already`);
			continue;
		}
		if (found !== null) {
			await fs.rm(target, { force: true });
			say(`${step}: the file that was there is damaged; fetching it again`);
		}
		try {
			const bytes = await download({ url: base + file_name, target, sha256, idleMs });
			fetched++;
			say(`${step}, ${(bytes / 1024 ** 2).toFixed(1)} MB`);
		} catch (error) {
			if (!(error instanceof DownloadError)) throw error;
			failures.push(error.message);
			say(`${step} FAILED: ${error.message}`);
			if (error.unreachable) break;
		}
	}
	if (failures.length > 0) throw new InstallError(failures.join('\n'));
	await writeWhole(path.join(folder, LOCK_NAME), JSON.stringify(lock, null, '\t') + '\n');
	return { fetched, kept };
}

async function writeWhole(target: string, text: string): Promise<void> {
	const fresh = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}.part`);
	const file = await fs.open(fresh, 'wx', 0o440);
	await file.writeFile(text);
	await file.sync();
	await file.close();
	await fs.rename(fresh, target);
}

/** What a killed installation left; younger ones may belong to one that is under way. */
async function removeStaleParts(folder: string): Promise<void> {
	for (const name of await fs.readdir(folder)) {
		if (!name.endsWith('.part')) continue;
		const file = path.join(folder, name);
		const found = await fs.stat(file).catch(() => null);
		if (found && Date.now() - found.mtimeMs > STALE_MS) await fs.rm(file, { force: true });
	}
}

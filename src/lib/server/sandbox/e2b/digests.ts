import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import type { SandboxInput } from '../sandbox';

const REMEMBERED = 10_000;

/** SHA-256 of immutable files; each file is read once. */
export function createDigests() {
	const known = new Map<string, Promise<string>>();

	async function hash(file: string): Promise<string> {
		const handle = await openInput(file);
		try {
			const digest = createHash('sha256');
			for await (const chunk of handle.createReadStream({ autoClose: false })) digest.update(chunk);
			return digest.digest('hex');
		} finally {
			await handle.close();
		}
	}

	return async function digestOf(input: SandboxInput): Promise<string> {
		const { size, mtimeMs, ino, dev } = await fs.stat(input.path);
		const key = [input.path, size, mtimeMs, ino, dev].join('\0');
		let digest = known.get(key);
		if (!digest) {
			digest = hash(input.path);
			known.set(key, digest);
			digest.catch(() => known.delete(key));
			const [oldest] = known.keys();
			if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
		}
		return digest;
	};
}

/** Opens a regular file and nothing else. */
export async function openInput(file: string): Promise<fs.FileHandle> {
	const handle = await fs.open(
		file,
		constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
	);
	if ((await handle.stat()).isFile()) return handle;
	await handle.close();
	throw new Error(`${file} is not a regular file`);
}

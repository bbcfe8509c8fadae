import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';

/** No wheel comes near this; an endless answer does. */
const MAX_BYTES = 512 * 1024 * 1024;

/** One file could not be had; the message says which and what to do. */
export class DownloadError extends Error {
	override readonly name = 'DownloadError';
	constructor(
		message: string,
		/** Whether the server itself could not be reached, so that asking for more is no use. */
		readonly unreachable = false
	) {
		super(message);
	}
}

export interface Wanted {
	url: string;
	/** Where it goes; it appears there whole and right, or not at all. */
	target: string;
	sha256: string;
	/** How long the server may say nothing. */
	idleMs: number;
}

/**
 * Fetches one file and answers its size in bytes.
 * @throws DownloadError when it does not arrive, or is not what it should be: then nothing is left of it.
 */
export async function download({ url, target, sha256, idleMs }: Wanted): Promise<number> {
	const part = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}.part`);
	const patience = new AbortController();
	let timer = setTimeout(() => patience.abort(), idleMs);
	let bytes = 0;
	const file = await fs.open(part, 'wx', 0o440);
	try {
		const response = await fetch(url, { signal: patience.signal });
		if (!response.ok || !response.body) {
			await response.body?.cancel();
			throw new DownloadError(
				`${url} answered ${response.status} ${response.statusText}. Does SANDBOX_PACKAGES_URL lead to the packages of exactly this Pyodide?`
			);
		}
		const hash = createHash('sha256');
		for await (const chunk of response.body) {
			clearTimeout(timer);
			timer = setTimeout(() => patience.abort(), idleMs);
			bytes += chunk.length;
			if (bytes > MAX_BYTES) throw new DownloadError(`${url} is larger than any package can be.`);
			hash.update(chunk);
			await file.write(chunk);
		}
		const found = hash.digest('hex');
		if (found !== sha256)
			throw new DownloadError(
				`${url} is not the file that this Pyodide expects: its SHA-256 is ${found} and not ${sha256}. It was deleted.`
			);
		await file.sync();
		await file.close();
		await fs.rename(part, target);
		return bytes;
	} catch (error) {
		await file.close().catch(() => {});
		await fs.rm(part, { force: true });
		throw explained(error, url, bytes, patience.signal.aborted ? idleMs : null);
	} finally {
		clearTimeout(timer);
	}
}

function explained(error: unknown, url: string, bytes: number, silentMs: number | null): unknown {
	if (silentMs !== null)
		return new DownloadError(`${url} said nothing for ${silentMs / 1000} s.`, bytes === 0);
	if (!(error instanceof TypeError)) return error;
	// What fetch throws for the network; the reason is in its cause.
	const { cause } = error;
	const why = cause instanceof Error ? cause.message || cause.name : error.message;
	return bytes === 0
		? new DownloadError(`${url} could not be reached (${why}).`, true)
		: new DownloadError(`The transfer of ${url} broke off after ${bytes} bytes (${why}).`);
}

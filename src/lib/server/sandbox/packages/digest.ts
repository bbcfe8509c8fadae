import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** SHA-256 of a file, in hexadecimal; null when there is no such file. */
export async function digestOf(file: string): Promise<string | null> {
	const hash = createHash('sha256');
	try {
		for await (const chunk of createReadStream(file)) hash.update(chunk);
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
		throw error;
	}
	return hash.digest('hex');
}

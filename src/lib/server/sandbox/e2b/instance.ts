import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';

/**
 * Names this deployment at E2B, the same at every start. Two that use one key end only their own
 * sandboxes. Lost with the cache folder; then what was left behind ends by itself.
 */
export async function instanceOf(cache: string): Promise<string> {
	const file = path.join(cache, 'e2b-instance');
	const kept = await fs.readFile(file, 'utf8').catch(() => '');
	if (/^[0-9a-f-]{36}$/.test(kept)) return kept;
	const fresh = randomUUID();
	await fs.mkdir(cache, { recursive: true, mode: 0o750 });
	await fs.writeFile(file, fresh, { mode: 0o640 });
	return fresh;
}

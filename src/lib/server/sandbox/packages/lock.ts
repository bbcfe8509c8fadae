import * as fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const entry = z.looseObject({
	name: z.string(),
	version: z.string(),
	/** A bare name: it becomes part of an address and of a path. */
	file_name: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/, 'is not a bare file name'),
	sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256'),
	imports: z.array(z.string()),
	depends: z.array(z.string())
});

const lockFile = z.object({ info: z.unknown(), packages: z.record(z.string(), entry) });

/** Which packages there are, where each comes from and what it has to be, as Pyodide writes it. */
export type Lock = z.infer<typeof lockFile>;
export type LockedPackage = z.infer<typeof entry>;

/** The name of such a file, in Pyodide's package and beside the wheels that are installed. */
export const LOCK_NAME = 'pyodide-lock.json';

/** What is offered; each only when this Pyodide pins it. */
export const OFFERED = [
	...['numpy', 'pandas', 'matplotlib', 'scipy', 'openpyxl', 'python-calamine', 'xlrd']
];

/** Where the packages for one version of Pyodide are, below the folder of all. */
export const packagesFolder = (packages: string, version: string) =>
	path.join(packages, `pyodide-${version}`);

/** @throws Error naming the file and what is wrong with it; with `code: 'ENOENT'` when it is not there. */
export async function readLock(folder: string): Promise<Lock> {
	const file = path.join(folder, LOCK_NAME);
	const text = await fs.readFile(file, 'utf8');
	let content: unknown;
	try {
		content = JSON.parse(text);
	} catch {
		throw new Error(`${file} is not JSON`);
	}
	const parsed = lockFile.safeParse(content);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	throw new Error(`${file} is not a lock file: ${issue?.path.join('.')} ${issue?.message}`);
}

/**
 * The part of a lock file that holds these packages and all they depend on.
 * @throws Error when it does not hold what one of them depends on.
 */
export function closure(lock: Lock, names: string[]): Lock {
	const packages: Record<string, LockedPackage> = {};
	const waiting: [name: string, user: string][] = names.map((name) => [name, '']);
	for (let next = waiting.pop(); next; next = waiting.pop()) {
		const [name, user] = next;
		const found = lock.packages[name];
		if (!found)
			throw new Error(`the lock file does not hold ${name}${user && `, which ${user} needs`}`);
		if (packages[name]) continue;
		packages[name] = found;
		waiting.push(...found.depends.map((needed): [string, string] => [needed, name]));
	}
	const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
	return { info: lock.info, packages: Object.fromEntries(sorted) };
}

import path from 'node:path';
import type { FileName } from '../../domain/file-name';
import type { ClientId, RunId } from '../../domain/ids';

declare const brand: unique symbol;
/** A path below the storage root with `/` between its parts; made only here. */
export type StorageKey = string & { readonly [brand]: 'StorageKey' };

/** The only place that joins paths of stored files. */
export interface Layout {
	/** Absolute. */
	readonly root: string;
	readonly database: string;
	readonly lock: string;
	/** Unfinished files; on the same file system as everything else; emptied at start. */
	readonly temp: string;
	/** What the program can make again: the sandbox's memory snapshot. */
	readonly cache: string;
	/** Python packages for the sandbox, fetched by `npm run sandbox:packages`; stays. */
	readonly packages: string;
	/** Absolute path of a key. @throws Error when the key would leave the root. */
	resolve(key: StorageKey): string;
}

/** The three scopes, and nothing else, hold stored files. */
export const SCOPES = ['library', 'sessions', 'artifacts'] as const;

export function createLayout(storageRoot: string): Layout {
	const root = path.resolve(storageRoot);
	return {
		root,
		database: path.join(root, 'raro.db'),
		lock: path.join(root, '.lock'),
		temp: path.join(root, '.tmp'),
		cache: path.join(root, '.cache'),
		packages: path.join(root, 'packages'),
		resolve(key) {
			const absolute = path.resolve(root, key);
			if (!absolute.startsWith(root + path.sep) || !isStorageKey(key))
				throw new Error(`The storage key ${JSON.stringify(key)} leaves the storage root.`);
			return absolute;
		}
	};
}

/** Whether a stored key names something inside one of the scopes. */
export function isStorageKey(raw: string): raw is StorageKey {
	const parts = raw.split('/');
	return (
		(SCOPES as readonly string[]).includes(parts[0] ?? '') &&
		parts.every((p) => p !== '' && p !== '.' && p !== '..' && !p.includes('\0') && !p.includes('\\'))
	);
}

/** A key as the database holds it. @throws Error when the row was tampered with. */
export function storedKey(raw: string): StorageKey {
	if (isStorageKey(raw)) return raw;
	throw new Error(`The storage key ${JSON.stringify(raw)} is not one.`);
}

export function libraryFolder(client: ClientId): StorageKey {
	return `library/${client}` as StorageKey;
}

export function artifactsFolder(client: ClientId, run: RunId): StorageKey {
	return `artifacts/${client}/${run}` as StorageKey;
}

/** Every folder that is named after a client. */
export function clientFolders(client: ClientId): StorageKey[] {
	return [libraryFolder(client), `artifacts/${client}` as StorageKey];
}

export function sessionFolder(run: RunId): StorageKey {
	return `sessions/${run}` as StorageKey;
}

export function inputFolder(run: RunId): StorageKey {
	return `sessions/${run}/input` as StorageKey;
}

export function outputFolder(run: RunId): StorageKey {
	return `sessions/${run}/output` as StorageKey;
}

/** A file in a folder. */
export function fileKey(folder: StorageKey, name: FileName): StorageKey {
	return `${folder}/${name}` as StorageKey;
}

import type { StorageKey } from './layout';

/** A file at rest, with what is needed to serve it. */
export interface StoredFile {
	/** For display and download. */
	name: string;
	key: StorageKey;
	sizeBytes: number;
	contentType: string;
	/** Lower-case hex; also the ETag. */
	sha256: string;
}

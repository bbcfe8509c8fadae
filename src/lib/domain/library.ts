/** Where a promoted library file came from. */
export interface Origin {
	run_id: string;
	agent_id: string;
	filename: string;
	version: number;
	sha256: string;
	generated_at: string;
}

/** A library file as the HTTP contract has it. Times are RFC 3339 UTC. */
export interface LibraryFile {
	name: string;
	size_bytes: number;
	content_type: string;
	/** Lower-case hex. */
	sha256: string;
	uploaded_at: string;
	scope: 'private' | 'public';
	origin: Origin | null;
}

/** A file of an upload that was not kept, and why. */
export interface RefusedUpload {
	name: string;
	code: string;
	message: string;
}

/** What an upload does when its name is taken. */
export type OnConflict = 'keep' | 'replace' | 'error';

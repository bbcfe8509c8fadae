import type { StoredFile } from '../storage/stored-file';
import { decodeText } from '../tools/text';
import { readTable, type Table } from './table';

/** What a planner is told of an attached file. */
export interface FileOutline {
	name: string;
	size_bytes: number;
	content_type: string;
	/** Null where the file is no table, or could not be read as one. */
	table: Table | null;
	/** Only the beginning was read: counts are of that. */
	sampled: boolean;
}

/** How much of each file is read. */
const SAMPLE_BYTES = 256 * 1024;
/** Of so many files; the rest is only named. */
const MAX_TABLES = 20;

/** Reads the beginning of a file. */
export type ReadBeginning = (file: StoredFile, bytes: number) => Promise<Uint8Array>;

/**
 * Names, sizes and types of the files, and the columns of the tables among them. Strings are read as
 * strings; nothing of a file is executed or believed.
 */
export async function outlineOf(files: StoredFile[], read: ReadBeginning): Promise<FileOutline[]> {
	const outlines: FileOutline[] = [];
	for (const [at, file] of files.entries()) {
		const { name, sizeBytes, contentType } = file;
		const sampled = sizeBytes > SAMPLE_BYTES;
		let table: Table | null = null;
		if (at < MAX_TABLES && /csv|tab-separated|json/.test(contentType)) {
			const text = decodeText(await read(file, SAMPLE_BYTES), sampled);
			if (text) table = readTable(contentType, text.content.replace(/^\uFEFF/, ''), sampled);
		}
		outlines.push({ name, size_bytes: sizeBytes, content_type: contentType, table, sampled });
	}
	return outlines;
}

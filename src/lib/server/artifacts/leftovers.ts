import type { Stats } from 'node:fs';
import { and, eq, sql } from 'drizzle-orm';
import { nameProblem, parseFileName } from '../../domain/file-name';
import type { RunId } from '../../domain/ids';
import type { Db } from '../db/client';
import { runEvents } from '../db/schema';
import type { Files } from '../storage/files';
import { fileKey, outputFolder, storedKey } from '../storage/layout';
import type { ArtifactRows } from './artifact-rows';

/** Files of `output/` of which nothing is recorded, by identity. */
export interface Leftovers {
	/** They were artifacts once; a person has deleted those. */
	deleted: string[];
	/** They never were; what is known is only that nobody writes at the moment. */
	unrecorded: string[];
}

/** Tells a file from any other, also from one that takes its name later. */
export function identityOf(name: string, stats: Stats): string {
	return `${stats.dev}:${stats.ino}:${stats.mtimeMs}:${name}`;
}

/** Finds what lies in `output/` before a run goes on. */
export function createLeftovers(deps: {
	db: Db;
	files: Files;
	rows: ArtifactRows;
}): (run: RunId) => Promise<Leftovers> {
	const { db, files, rows } = deps;
	const collectedNames = db.q
		.selectDistinct({ name: sql<string>`json_extract(${runEvents.data}, '$.filename')` })
		.from(runEvents)
		.where(
			and(eq(runEvents.runId, sql.placeholder('run')), eq(runEvents.type, 'artifact_collected'))
		)
		.prepare();

	return async (run) => {
		const found: Leftovers = { deleted: [], unrecorded: [] };
		const raw = (await files.names(outputFolder(run))).filter((name) => nameProblem(name) === null);
		if (raw.length === 0) return found;
		const latest = new Map(rows.ofRun(run).map((row) => [row.filename, row]));
		const once = new Set(collectedNames.all({ run }).map(({ name }) => name));
		for (const name of raw) {
			const parsed = parseFileName(name);
			const stats = await files.stat(fileKey(outputFolder(run), parsed));
			if (!stats?.isFile()) continue;
			const row = latest.get(parsed);
			if (!row && once.has(parsed)) found.deleted.push(identityOf(parsed, stats));
			else if (!row || !isSame(stats, await files.stat(storedKey(row.storageKey))))
				found.unrecorded.push(identityOf(parsed, stats));
		}
		return found;
	};
}

const isSame = (one: Stats, other: Stats | null): boolean =>
	other !== null && one.ino === other.ino && one.dev === other.dev;

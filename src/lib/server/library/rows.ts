import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import { foldName, type FileName } from '../../domain/file-name';
import { PUBLIC_CLIENT, type ClientId } from '../../domain/ids';
import type { LibraryFile, Origin } from '../../domain/library';
import type { Db } from '../db/client';
import { libraryFiles } from '../db/schema';
import { storedKey } from '../storage/layout';
import type { StoredFile } from '../storage/stored-file';

export type LibraryRow = typeof libraryFiles.$inferSelect;
export type Scope = LibraryFile['scope'];

const originSchema: z.ZodType<Origin> = z.object({
	run_id: z.string(),
	agent_id: z.string(),
	filename: z.string(),
	version: z.number(),
	sha256: z.string(),
	generated_at: z.string()
});

export function scopeOf(row: Pick<LibraryRow, 'clientId'>): Scope {
	return row.clientId === PUBLIC_CLIENT ? 'public' : 'private';
}

export function toLibraryFile(row: LibraryRow): LibraryFile {
	return {
		name: row.name,
		size_bytes: row.sizeBytes,
		content_type: row.contentType,
		sha256: row.sha256,
		uploaded_at: row.uploadedAt.toISOString(),
		scope: scopeOf(row),
		origin: row.origin === null ? null : originSchema.parse(row.origin)
	};
}

export function toStoredFile(row: LibraryRow): StoredFile & { scope: Scope } {
	return {
		name: row.name,
		key: storedKey(row.storageKey),
		sizeBytes: row.sizeBytes,
		contentType: row.contentType,
		sha256: row.sha256,
		scope: scopeOf(row)
	};
}

/** The queries on `library_files`. Rows whose file is missing are kept for the log and shown to nobody. */
export function createLibraryRows(db: Db) {
	const present = eq(libraryFiles.missing, false);
	const visible = db.q
		.select()
		.from(libraryFiles)
		.where(and(inArray(libraryFiles.clientId, [sql.placeholder('client'), PUBLIC_CLIENT]), present))
		.orderBy(asc(libraryFiles.foldedName))
		.prepare();
	const byName = db.q
		.select()
		.from(libraryFiles)
		.where(
			and(
				eq(libraryFiles.clientId, sql.placeholder('client')),
				eq(libraryFiles.foldedName, sql.placeholder('folded'))
			)
		)
		.prepare();

	return {
		/** The client's own and the shared ones that it does not hide with one of the same name. */
		visibleTo(client: ClientId): LibraryRow[] {
			const rows = visible.all({ client });
			const own = new Set(rows.filter((r) => r.clientId === client).map((r) => r.foldedName));
			return rows.filter((r) => r.clientId === client || !own.has(r.foldedName));
		},
		/** Also finds a row whose file is missing: its name is still taken. */
		byName(client: ClientId, name: FileName): LibraryRow | null {
			return byName.get({ client, folded: foldName(name) }) ?? null;
		},
		usageOf(client: ClientId): { bytes: number; files: number } {
			const row = db.q
				.select({
					bytes: sql<number>`coalesce(sum(${libraryFiles.sizeBytes}), 0)`,
					files: sql<number>`count(*)`
				})
				.from(libraryFiles)
				.where(and(eq(libraryFiles.clientId, client), present))
				.get();
			return row ?? { bytes: 0, files: 0 };
		},
		withOrigin(client: ClientId, origin: Origin): LibraryRow | null {
			const row = db.q
				.select()
				.from(libraryFiles)
				.where(
					and(
						eq(libraryFiles.clientId, client),
						present,
						sql`${libraryFiles.origin} ->> 'run_id' = ${origin.run_id}`,
						sql`${libraryFiles.origin} ->> 'filename' = ${origin.filename}`,
						sql`${libraryFiles.origin} ->> 'version' = ${origin.version}`,
						eq(libraryFiles.sha256, origin.sha256)
					)
				)
				.get();
			return row ?? null;
		},
		all(): LibraryRow[] {
			return db.q.select().from(libraryFiles).all();
		},
		insert(row: LibraryRow): void {
			db.q.insert(libraryFiles).values(row).run();
		},
		/** Points the row at another file; only while it still points at the one that was looked at. */
		swap(before: LibraryRow, after: Partial<LibraryRow>): boolean {
			return (
				db.q
					.update(libraryFiles)
					.set(after)
					.where(
						and(eq(libraryFiles.id, before.id), eq(libraryFiles.storageKey, before.storageKey))
					)
					.run().changes === 1
			);
		},
		remove(row: LibraryRow): boolean {
			return (
				db.q
					.delete(libraryFiles)
					.where(and(eq(libraryFiles.id, row.id), eq(libraryFiles.storageKey, row.storageKey)))
					.run().changes === 1
			);
		},
		setMissing(row: LibraryRow, missing: boolean): void {
			db.q
				.update(libraryFiles)
				.set({ missing })
				.where(and(eq(libraryFiles.id, row.id), ne(libraryFiles.missing, missing)))
				.run();
		}
	};
}

export type LibraryRows = ReturnType<typeof createLibraryRows>;

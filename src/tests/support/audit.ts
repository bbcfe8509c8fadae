import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

interface FileRow {
	storage_key: string;
	sha256: string;
	size_bytes: number;
	missing: number;
}

/**
 * Compares the database with the disk, from outside the program. Returns every disagreement in words;
 * an empty list means that each row has its file with the right digest and each file has its row.
 */
export function auditStorage(storageRoot: string): string[] {
	const db = new Database(path.join(storageRoot, 'raro.db'), { readonly: true });
	const problems: string[] = [];
	const keys = new Set<string>();
	for (const table of ['library_files', 'artifacts']) {
		const rows = db
			.prepare(`select storage_key, sha256, size_bytes, missing from ${table}`)
			.all() as FileRow[];
		for (const row of rows) {
			keys.add(row.storage_key);
			const problem = fileProblem(path.join(storageRoot, row.storage_key), row);
			if (problem) problems.push(`${table}: ${row.storage_key} ${problem}`);
		}
	}
	for (const scope of ['library', 'artifacts'])
		for (const file of filesBelow(storageRoot, scope))
			if (!keys.has(file)) problems.push(`${file} has no row`);
	for (const file of filesBelow(storageRoot, '.tmp')) problems.push(`${file} was left behind`);

	const runs = new Set(db.prepare('select id from runs').pluck().all() as string[]);
	for (const session of foldersIn(path.join(storageRoot, 'sessions')))
		if (!runs.has(session)) problems.push(`session ${session} has no run`);
	const gaps = db
		.prepare(
			`select run_id from run_events group by run_id
			 having count(*) <> max(seq) or min(seq) <> 1`
		)
		.pluck()
		.all();
	for (const run of gaps) problems.push(`the log of run ${String(run)} has gaps`);
	const broken = db.pragma('integrity_check', { simple: true });
	if (broken !== 'ok') problems.push(`SQLite says: ${String(broken)}`);
	for (const violation of db.pragma('foreign_key_check') as unknown[])
		problems.push(`foreign key: ${JSON.stringify(violation)}`);
	db.close();
	return problems;
}

function fileProblem(file: string, row: FileRow): string | null {
	if (row.missing) return 'is marked as missing';
	if (!existsSync(file)) return 'has no file';
	if (statSync(file).size !== row.size_bytes) return 'has another size than its row';
	if ((statSync(file).mode & 0o777) !== 0o440) return 'is not read-only';
	const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
	return digest === row.sha256 ? null : 'has another digest than its row';
}

function foldersIn(folder: string): string[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map((entry) => entry.name);
}

function filesBelow(root: string, folder: string): string[] {
	const absolute = path.join(root, folder);
	if (!existsSync(absolute)) return [];
	return readdirSync(absolute, { withFileTypes: true, recursive: true })
		.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.git'))
		.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

import { createHash, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';

const TEXT = '# Kept\n\nOne of many.\n';
const SHA256 = createHash('sha256').update(TEXT).digest('hex');
const WEEK_MS = 7 * 86_400_000;

/** How much a client is to have behind it. */
export interface Past {
	runs: number;
	artifactsOfEach: number;
	libraryFiles: number;
}

/**
 * Writes a past into a stopped server's storage: finished runs a minute apart, `Question 1` the
 * oldest, each with files `note-<run>-<n>.md`, and library files `shelf-<n>.md`.
 */
export function writePast(storageRoot: string, client: string, past: Past): void {
	const original = path.join(storageRoot, 'past.md');
	writeFileSync(original, TEXT, { mode: 0o440 });
	const db = new Database(path.join(storageRoot, 'raro.db'));
	const insert = (table: string, row: Record<string, unknown>) => {
		const names = Object.keys(row);
		const marks = names.map((name) => `@${name}`).join(', ');
		db.prepare(`insert into ${table} (${names.join(', ')}) values (${marks})`).run(row);
	};
	const keep = (key: string) => {
		mkdirSync(path.join(storageRoot, path.dirname(key)), { recursive: true });
		linkSync(original, path.join(storageRoot, key));
		return { storage_key: key, size_bytes: TEXT.length, sha256: SHA256 };
	};
	const now = Date.now();
	const ids = Array.from({ length: past.runs }, () => randomUUID());
	db.transaction(() => {
		for (const [index, id] of ids.entries()) {
			const at = now - (past.runs - index) * 60_000;
			insert('runs', {
				id,
				client_id: client,
				workflow_id: 'data-profile',
				name: 'Data profile',
				user_directive: `Question ${index + 1}`,
				config: JSON.stringify({ id: 'data-profile', name: 'Data profile', agents: [] }),
				attached_files: '[]',
				status: 'completed',
				created_at: at,
				started_at: at,
				ended_at: at + 1000,
				expires_at: now + WEEK_MS
			});
			for (let n = 1; n <= past.artifactsOfEach; n++) {
				const filename = `note-${index + 1}-${n}.md`;
				insert('artifacts', {
					id: randomUUID(),
					run_id: id,
					client_id: client,
					agent_id: 'writer',
					filename,
					version: 1,
					content_type: 'text/markdown',
					generated_at: at,
					...keep(`artifacts/${client}/${id}/${filename}`)
				});
			}
		}
		for (let n = 1; n <= past.libraryFiles; n++) {
			const name = `shelf-${String(n).padStart(3, '0')}.md`;
			insert('library_files', {
				id: randomUUID(),
				client_id: client,
				name,
				folded_name: name,
				content_type: 'text/markdown',
				uploaded_at: now,
				...keep(`library/${client}/${name}`)
			});
		}
	})();
	db.close();
}

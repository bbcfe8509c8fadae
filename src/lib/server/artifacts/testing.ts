import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { eq } from 'drizzle-orm';
import pino from 'pino';
import type { Artifact } from '../../domain/artifact';
import { parseFileName, type FileName } from '../../domain/file-name';
import { isAgentId, isClientId, parseRunId, type ClientId, type RunId } from '../../domain/ids';
import type { LibraryFile } from '../../domain/library';
import type { RunStatus } from '../../domain/run';
import { clients, runs } from '../db/schema';
import { openTestDb } from '../db/testing';
import { createFiles, type Files } from '../storage/files';
import { createLayout, libraryFolder, outputFolder, type StorageKey } from '../storage/layout';
import { createArtifacts, type Adopter } from './artifacts';

export const HOUR_MS = 3_600_000;

/** Real database, real disk, a clock that the test turns, and a library that really links. */
export function openArtifacts(config: { maxFileBytes?: number; quotaBytes?: number } = {}) {
	const opened = openTestDb();
	const { db } = opened;
	const layout = createLayout(opened.folder);
	mkdirSync(layout.temp, { recursive: true });
	const files = createFiles(layout);
	const clock = { now: new Date('2026-11-21T12:00:00.000Z') };
	const logged: string[] = [];
	const deps = {
		db,
		files,
		library: linkingLibrary(files),
		config: {
			MAX_FILE_BYTES: config.maxFileBytes ?? 1024 ** 2,
			ARTIFACT_QUOTA_BYTES: config.quotaBytes ?? 1024 ** 3,
			ARTIFACT_RETENTION_HOURS: 168
		},
		now: () => clock.now,
		newId: () => randomUUID(),
		log: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) })
	};
	const artifacts = createArtifacts(deps);

	return {
		db,
		files,
		layout,
		clock,
		logged,
		deps,
		artifacts,
		close: opened.close,
		/** The same database and disk, as the next start of the server sees them. */
		restart: () => createArtifacts(deps),

		async addClient(raw: string = randomUUID()): Promise<ClientId> {
			if (!isClientId(raw)) throw new Error('not a client id');
			const row = { id: raw, createdAt: clock.now, lastSeenAt: clock.now };
			await db.write(() => db.q.insert(clients).values(row).onConflictDoNothing().run());
			return raw;
		},

		async addRun(
			client: ClientId,
			change: { status?: RunStatus; directive?: string; createdAt?: Date } = {}
		): Promise<RunId> {
			const id = parseRunId(randomUUID());
			const row = {
				id,
				clientId: client,
				workflowId: 'data-profile',
				name: 'Data profile',
				userDirective: change.directive ?? 'What drives churn?',
				config: {},
				attachedFiles: [],
				status: change.status ?? 'running',
				createdAt: change.createdAt ?? clock.now
			};
			await db.write(() => db.q.insert(runs).values(row).run());
			return id;
		},

		/** As the engine does it when the last step is done. */
		async endRun(run: RunId, status: RunStatus = 'completed'): Promise<Date> {
			const expiresAt = new Date(clock.now.getTime() + 168 * HOUR_MS);
			const change = { status, endedAt: clock.now, expiresAt };
			await db.write(() => db.q.update(runs).set(change).where(eq(runs.id, run)).run());
			return expiresAt;
		},

		/** As sessions do it: a new inode under the name. */
		async output(run: RunId, name: string, text: string): Promise<void> {
			await files.makeFolder(outputFolder(run));
			const staged = await files.stage(once(Buffer.from(text)), 1024 ** 3);
			await files.placeAt(staged, child(outputFolder(run), name));
		},

		/** Prepares and commits, as the engine does. */
		async collect(
			run: RunId,
			client: ClientId,
			agent = 'writer',
			reported: { filename: string; code: string; message: string }[] = []
		) {
			const collected = await artifacts.collector.prepare(run, client, agentId(agent), reported);
			await db.write(() => collected.commit());
			return collected;
		},

		async textOf(client: ClientId, run: RunId, name: string, version?: number): Promise<string> {
			const file = await artifacts.find(client, run, parseFileName(name), version);
			const opened = await files.open(file.key);
			if (!opened) throw new Error('the file is not there');
			return opened.handle.readFile('utf8').finally(() => opened.handle.close());
		},

		/** Writes past all rules, as nobody should. */
		plant(key: StorageKey, text: string): void {
			writeFileSync(layout.resolve(key), text);
		}
	};
}

export type World = ReturnType<typeof openArtifacts>;

/** A key below a folder that need not follow the rules for names. */
export function child(folder: StorageKey, name: string): StorageKey {
	return `${folder}/${name}` as StorageKey;
}

export function agentId(raw: string) {
	if (!isAgentId(raw)) throw new Error('not an agent id');
	return raw;
}

export function names(artifacts: Pick<Artifact, 'filename' | 'version'>[]): string[] {
	return artifacts.map(({ filename, version }) => `${filename} v${version}`);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
	yield bytes;
}

/** Keeps promoted files beside each other and knows them by their origin. */
function linkingLibrary(files: Files): Adopter {
	const kept = new Map<string, LibraryFile>();
	return {
		async adopt(client, source) {
			const identity = JSON.stringify([client, source.origin]);
			const before = kept.get(identity);
			if (before) return { file: before, created: false };
			const key = await files.link(source.key, libraryFolder(client), source.name);
			const file: LibraryFile = {
				name: lastPart(key),
				size_bytes: source.sizeBytes,
				content_type: source.contentType,
				sha256: source.sha256,
				uploaded_at: '2026-11-21T12:00:00.000Z',
				scope: 'private',
				origin: source.origin
			};
			kept.set(identity, file);
			return { file, created: true };
		}
	};
}

function lastPart(key: StorageKey): FileName {
	return parseFileName(key.slice(key.lastIndexOf('/') + 1));
}

import { parseFileName } from '../../domain/file-name';
import { DomainError } from '../../domain/errors';
import type { AgentId, ClientId, RunId } from '../../domain/ids';
import type { Db } from '../db/client';
import { artifactRefusals, artifacts } from '../db/schema';
import type { Files } from '../storage/files';
import { artifactsFolder, fileKey, outputFolder, storedKey } from '../storage/layout';
import type { RunAccess } from './access';
import { toArtifact, type ArtifactRow, type ArtifactRows, type RefusalRow } from './artifact-rows';
import type { Collected } from './collect';
import type { Quota } from './quota';

/** A file that an agent made, as the run's log tells of it. */
export interface Made {
	filename: string;
	version: number;
	sha256: string;
}

/** What an agent made in an earlier run, ready to be this run's. */
export interface Carried extends Collected {
	/** Puts the files into `output/`, replacing what has their names; after `commit` is on disk. */
	place(): Promise<void>;
}

export interface Carry {
	/**
	 * Links what the agent made in the run `from` to the artifacts of the run `to`, as files of the same
	 * agent there. Nothing is recorded until `commit`; files without a row are removed by the next start.
	 * Tells what is `gone` when not all of it can be carried. The caller holds the output lock of `to`.
	 */
	carry(
		from: RunId,
		to: RunId,
		client: ClientId,
		agentId: AgentId,
		made: readonly Made[]
	): Promise<Carried | { gone: string }>;
	/**
	 * After a crash between `commit` and `place`: gives `output/` what these agents have among the
	 * artifacts and not there. Asked while no step of the run is going on.
	 */
	restore(run: RunId, agents: readonly string[]): Promise<void>;
}

/** What was refused for what it is will be refused again; for want of room, it need not be. */
const LASTING: readonly string[] = ['unsupported', 'invalid', 'conflict'];

export function createCarry(deps: {
	db: Db;
	files: Files;
	rows: ArtifactRows;
	access: RunAccess;
	quota: Quota;
	now: () => Date;
	newId: () => string;
	/** Called before anything of a run is touched. */
	onStart: (run: RunId) => void;
}): Carry {
	const { db, files, rows, access, quota, now, newId } = deps;

	/** The earlier rows, or what is gone. */
	async function find(
		from: RunId,
		agent: AgentId,
		made: readonly Made[]
	): Promise<{ gone: string } | { found: ArtifactRow[]; refused: RefusalRow[] }> {
		const refused = rows.refusals(from).filter(({ agentId }) => agentId === agent);
		const lost = refused.find(({ code }) => !LASTING.includes(code));
		if (lost) return { gone: `its file "${lost.filename}" could not be kept then` };
		const known = rows.ofRun(from);
		const found: ArtifactRow[] = [];
		for (const { filename, version, sha256 } of made) {
			const row = known.find((r) => r.filename === filename && r.version === version);
			const stats = row && !row.missing ? await files.stat(storedKey(row.storageKey)) : null;
			if (!row || row.sha256 !== sha256 || stats?.size !== row.sizeBytes)
				return { gone: `its file "${filename}" is not there any more` };
			found.push(row);
		}
		return { found, refused };
	}

	/** Rows of `to` for these of `from`, with the files linked. */
	async function link(to: RunId, client: ClientId, found: ArtifactRow[]): Promise<ArtifactRow[]> {
		const latest = new Map(rows.ofRun(to).map((row) => [row.filename, row.version]));
		const linked: ArtifactRow[] = [];
		for (const row of found) {
			const { filename, agentId, sizeBytes, contentType, sha256 } = row;
			const folder = artifactsFolder(client, to);
			linked.push({
				id: newId(),
				runId: to,
				clientId: client,
				agentId,
				filename,
				version: (latest.get(filename) ?? 0) + 1,
				sizeBytes,
				contentType,
				sha256,
				generatedAt: now(),
				storageKey: await files.link(storedKey(row.storageKey), folder, parseFileName(filename)),
				missing: false
			});
		}
		return linked;
	}

	const placeOne = (run: RunId, row: ArtifactRow) =>
		files.linkAt(
			storedKey(row.storageKey),
			fileKey(outputFolder(run), parseFileName(row.filename))
		);

	return {
		async carry(from, to, client, agentId, made) {
			deps.onStart(to);
			try {
				access.readable(client, from);
				const source = await find(from, agentId, made);
				if ('gone' in source) return source;
				const { found, refused } = source;
				const bytes = found.reduce((sum, row) => sum + row.sizeBytes, 0);
				if (bytes > quota.roomLeft(client)) return { gone: 'there is no room for its files' };
				quota.open(to, client).bytes = bytes;
				const kept = await link(to, client, found);
				return {
					artifacts: kept.map(toArtifact),
					refused: refused.map(({ filename, code, message }) => ({
						filename,
						agent_id: agentId,
						code,
						message
					})),
					commit() {
						for (const row of kept) db.q.insert(artifacts).values(row).run();
						for (const row of refused)
							db.q
								.insert(artifactRefusals)
								.values({ ...row, id: newId(), runId: to, at: now() })
								.run();
						quota.close(to);
					},
					async place() {
						for (const row of kept) await placeOne(to, row);
					}
				};
			} catch (error) {
				quota.close(to);
				if (error instanceof DomainError) return { gone: 'its files have expired or were deleted' };
				throw error;
			}
		},
		async restore(run, agents) {
			const versions = new Map<string, ArtifactRow[]>();
			for (const row of rows.ofRun(run))
				versions.set(row.filename, [...(versions.get(row.filename) ?? []), row]);
			for (const [name, known] of versions) {
				const latest = known.at(-1);
				if (!latest || latest.missing || !agents.includes(latest.agentId)) continue;
				const stats = await files.stat(fileKey(outputFolder(run), parseFileName(name)));
				const older = await Promise.all(
					known.slice(0, -1).map((row) => files.stat(storedKey(row.storageKey)))
				);
				if (stats === null || older.some((o) => o?.ino === stats.ino && o.dev === stats.dev))
					await placeOne(run, latest);
			}
		}
	};
}

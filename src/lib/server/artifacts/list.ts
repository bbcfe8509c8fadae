import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Artifact, RefusedArtifact, RunArtifacts } from '../../domain/artifact';
import { DomainError } from '../../domain/errors';
import { foldName } from '../../domain/file-name';
import { isRunId, PUBLIC_CLIENT, type ClientId } from '../../domain/ids';
import { mediaTypeOf, typeGroupOf } from '../../domain/media-type';
import { isActive } from '../../domain/run';
import {
	NEWEST,
	toArtifact,
	type ArtifactRow,
	type ArtifactRows,
	type Position,
	type RunRow
} from './artifact-rows';

export interface ArtifactFilter {
	/** Part of the directive, the file's name or the agent's id; case does not matter. */
	q?: string | undefined;
	agent?: string | undefined;
	/** A media type, or one of the groups: image, table, document, data, code, other. */
	type?: string | undefined;
	/** Generated at this time or later. */
	since?: Date | undefined;
	/** How many runs at most. */
	limit?: number | undefined;
	/** `next` of the page before. */
	cursor?: string | undefined;
}

export interface ArtifactList {
	artifacts: { run_id: string; metadata: RunArtifacts }[];
	/** Where the next page begins; null at the end. */
	next: string | null;
}

const DEFAULT_LIMIT = 200;
const BATCH = 100;

/** Describes runs to people; the list leaves out expired runs and runs with nothing to show. */
export function createArtifactList(deps: { rows: ArtifactRows; now: () => Date }) {
	const { rows, now } = deps;

	/** One run, with those of its files that `wanted` lets through. */
	function describe(run: RunRow, wanted: Wanted = () => true): RunArtifacts {
		const kept = newestVersionFirst(rows.ofRun(run.id));
		const refused = rows.refusals(run.id).map((row) => ({
			filename: row.filename,
			agent_id: row.agentId,
			code: row.code,
			message: row.message,
			at: row.at
		}));
		return {
			run_id: run.id,
			workflow_id: run.workflowId,
			user_directive: run.userDirective,
			created_at: run.createdAt.toISOString(),
			expires_at: isActive(run.status) ? null : (run.expiresAt?.toISOString() ?? null),
			pinned: run.pinned,
			status: run.status,
			artifacts: kept
				.filter((row) => !row.missing)
				.map(toArtifact)
				.filter((artifact) => wanted(run, artifact, new Date(artifact.generated_at))),
			refused: [
				...refused.filter((refusal) => wanted(run, refusal, refusal.at)).map(withoutTime),
				...kept.filter((row) => row.missing).map(toMissing)
			]
		};
	}

	function* runsOf(client: ClientId, from: Position): Generator<RunRow> {
		let position = from;
		for (;;) {
			const batch = rows.runsOfClient(client, position, now(), BATCH);
			yield* batch;
			const last = batch.at(-1);
			if (!last || batch.length < BATCH) return;
			position = positionOf(last);
		}
	}

	return {
		describe,
		async list(client: ClientId, filter: ArtifactFilter): Promise<ArtifactList> {
			const from = filter.cursor === undefined ? NEWEST : parseCursor(filter.cursor);
			const limit = filter.limit ?? DEFAULT_LIMIT;
			const wanted = filterOf(filter);
			const page: ArtifactList['artifacts'] = [];
			let last: RunRow | null = null;
			let seen = 0;
			for (const run of merged(runsOf(client, from), runsOf(PUBLIC_CLIENT, from))) {
				if (page.length === limit && last) return { artifacts: page, next: cursorOf(last) };
				const metadata = describe(run, wanted);
				if (metadata.artifacts.length > 0 || metadata.refused.length > 0)
					page.push({ run_id: run.id, metadata });
				last = run;
				// A search through thousands of runs lets other requests in between.
				if (++seen % BATCH === 0) await nextTurn();
			}
			return { artifacts: page, next: null };
		}
	};
}

type Wanted = (
	run: RunRow,
	file: Pick<Artifact, 'filename' | 'agent_id'>,
	generatedAt: Date
) => boolean;

function filterOf(filter: ArtifactFilter): Wanted {
	const q = foldName(filter.q ?? '').trim();
	const { agent, type, since } = filter;
	return (run, file, generatedAt) => {
		if (agent !== undefined && file.agent_id !== agent) return false;
		if (since && generatedAt < since) return false;
		const mediaType = mediaTypeOf(file.filename);
		if (type !== undefined && type !== mediaType && type !== typeGroupOf(mediaType)) return false;
		return [run.userDirective, file.filename, file.agent_id].some((text) =>
			foldName(text).includes(q)
		);
	};
}

/** Of two newest-first sequences, one. */
function* merged(a: Generator<RunRow>, b: Generator<RunRow>): Generator<RunRow> {
	let left = a.next();
	let right = b.next();
	for (;;) {
		if (!left.done && (right.done || isNewer(left.value, right.value))) {
			yield left.value;
			left = a.next();
		} else if (!right.done) {
			yield right.value;
			right = b.next();
		} else return;
	}
}

function isNewer(a: RunRow, b: RunRow): boolean {
	const difference = a.createdAt.getTime() - b.createdAt.getTime();
	return difference === 0 ? a.id > b.id : difference > 0;
}

function positionOf(run: RunRow): Position {
	return { at: run.createdAt.getTime(), id: run.id };
}

function cursorOf(run: RunRow): string {
	return `${run.createdAt.getTime()}_${run.id}`;
}

function parseCursor(raw: string): Position {
	const [at = '', id = ''] = raw.split('_');
	if (!/^\d{1,15}$/.test(at) || !isRunId(id))
		throw new DomainError('invalid', 'This cursor is not one that the list gave out.', {
			cursor: raw
		});
	return { at: Number(at), id };
}

/** From ascending name and version to ascending name, descending version. */
function newestVersionFirst(rows: ArtifactRow[]): ArtifactRow[] {
	const byName = new Map<string, ArtifactRow[]>();
	for (const row of rows) {
		const versions = byName.get(row.filename);
		if (versions) versions.unshift(row);
		else byName.set(row.filename, [row]);
	}
	return [...byName.values()].flat();
}

function withoutTime({
	filename,
	agent_id,
	code,
	message
}: RefusedArtifact & { at: Date }): RefusedArtifact {
	return { filename, agent_id, code, message };
}

function toMissing(row: ArtifactRow): RefusedArtifact {
	return {
		filename: row.filename,
		agent_id: row.agentId,
		code: 'gone',
		message: `Version ${row.version} is missing on the server's disk.`
	};
}

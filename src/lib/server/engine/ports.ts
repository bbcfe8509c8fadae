import type { Artifact, RefusedArtifact } from '../../domain/artifact';
import type { FileName } from '../../domain/file-name';
import type { AgentId, ClientId, RunId } from '../../domain/ids';
import type { NewRunEvent } from '../../domain/run-event';
import type { WorkflowConfig } from '../../domain/workflow';
import type { Model } from '../models/model';
import type { Price } from '../models/prices';
import type { SessionFile, SessionFiles, Tool, ToolOutcome } from '../tools/tool';

/** What the engine needs of the run's numbered log (`runs/events.ts`). */
export interface EventLog {
	/** Numbers and stores the events; only inside a write unit. Subscribers hear of it after the flush. */
	append(runId: RunId, events: NewRunEvent[]): void;
}

/** SHA-256 in lower-case hex, by file name. */
export type Digests = Readonly<Record<string, string>>;

/** What the engine needs of sessions (`runs/session.ts`). */
export interface Sessions {
	/**
	 * Makes the folders and links the attachments in; repeating it is harmless. Resolves with the SHA-256
	 * of each, by name; `known` are those that an earlier call has told.
	 */
	create(runId: RunId, client: ClientId, attachments: FileName[], known: Digests): Promise<Digests>;
	files(runId: RunId): SessionFiles;
	/** A file that was attached, also when an output has its name by now. Null when there is none. */
	attached(runId: RunId, name: FileName): Promise<SessionFile | null>;
	/** Changes when a file of `output/` was added, replaced or removed; milliseconds. */
	outputChangedAt(runId: RunId): number;
	/** Writes into `output/`, replacing atomically: a new inode, mode 0440. */
	write(runId: RunId, name: FileName, bytes: Uint8Array): Promise<void>;
}

/** What the engine needs of artifacts (`artifacts/collect.ts`). */
export interface Collector {
	/**
	 * Finds new and changed files of `output/`, links them to the run's artifact folder, and returns what
	 * is to be recorded. Nothing is recorded until `commit` runs inside a write unit; files without a row
	 * are removed by the next start. The caller holds the run's output lock from before the files were
	 * written until the commit is on disk, so that every file is attributed to who wrote it.
	 * `extraRefused` is what a tool could not keep: recorded, and part of `refused`, like its own.
	 * `passOver` are files that are left alone, by identity.
	 */
	prepare(
		runId: RunId,
		client: ClientId,
		agentId: AgentId,
		extraRefused?: ToolOutcome['refused'],
		passOver?: ReadonlySet<string>
	): Promise<Collected>;
	/**
	 * Files of `output/` of which nothing is recorded, by identity: those that a person has deleted as
	 * artifacts, and the others. Asked while no step of the run is going on.
	 */
	leftovers(runId: RunId): Promise<{ deleted: string[]; unrecorded: string[] }>;
	/**
	 * Links what the agent made in the run `from` to the artifacts of the run `to`. Nothing is recorded
	 * until `commit`; `place` puts it into `output/` once that is on disk. Tells what is `gone` when not
	 * all of it can be carried. The caller holds the output lock of `to`.
	 */
	carry(
		from: RunId,
		to: RunId,
		client: ClientId,
		agentId: AgentId,
		made: readonly { filename: string; version: number; sha256: string }[]
	): Promise<(Collected & { place(): Promise<void> }) | { gone: string }>;
	/** Places what these agents were to get when the server went down. */
	restore(runId: RunId, agents: readonly string[]): Promise<void>;
}

export interface Collected {
	artifacts: Artifact[];
	refused: RefusedArtifact[];
	/** Inserts the rows; only inside a write unit. */
	commit(): void;
}

/** What the engine needs of models (`models/registry.ts`). */
export interface Models {
	/** `fast` → `builtin:analyst`; explicit names stay. @throws DomainError `invalid` when not configured. */
	resolve(name: string): string;
	/** @throws DomainError `unavailable` when the provider is not configured (any more). */
	get(resolved: string): Model;
	/** What its tokens cost; null when that is not known. What is built in costs nothing. */
	priced(resolved: string): Price | null;
}

/** What the engine needs of tools (`tools/registry.ts`). */
export interface Tools {
	get(name: string): Tool | null;
}

/** What the engine needs of the library: whether a file can be attached. */
export interface Attachable {
	find(client: ClientId, name: FileName): Promise<{ name: string } | null>;
}

/** What the engine needs of stored workflows. */
export interface Workflows {
	/** A starter, or one that the client has stored. */
	get(client: ClientId, id: string): Promise<WorkflowConfig | null>;
}

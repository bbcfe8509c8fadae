import type { z } from 'zod';
import type { FileName } from '../../domain/file-name';
import type { Sandbox } from '../sandbox/sandbox';

/** A function that an agent may call. */
export interface Tool<Input = unknown> {
	readonly name: string;
	/** For the model; says what is really there (see `Sandbox.guide`). */
	readonly description: string;
	/** Arguments; anything else is answered with a tool error. */
	readonly input: z.ZodType<Input>;
	/**
	 * Never escapes its session. A refusal is returned as `{ok: false}`, and the run goes on; only a
	 * bug or an abort is thrown.
	 */
	run(input: Input, context: ToolContext): Promise<ToolOutcome>;
}

/** Made by the server for one call; the model has no say in it. */
export interface ToolContext {
	runId: string;
	session: SessionFiles;
	sandbox: Sandbox;
	/** Aborted by stop, shut-down and every time limit. */
	signal: AbortSignal;
	timeoutMs: number;
	/** The workflow lets code reach the internet. */
	internet?: boolean;
}

export interface ToolOutcome {
	ok: boolean;
	/** What the model gets: the tool's result, or `{error}`. JSON. */
	result: unknown;
	/** Bytes for `output/`; the engine writes and collects them as one unit. */
	writes: { name: FileName; bytes: Uint8Array }[];
	/** Files that cannot be kept; recorded beside the artifacts. */
	refused: { filename: string; code: string; message: string }[];
	/** Images and documents for models that can see. */
	media?: { mimeType: string; bytes: Uint8Array }[];
}

/** The files of one run's session. */
export interface SessionFiles {
	/** Regular files only, outputs over inputs of the same name, sorted by name. */
	list(): Promise<SessionFile[]>;
	/** Output first, then input. Null when there is none. Follows no link, opens no special file. */
	find(name: FileName): Promise<SessionFile | null>;
	/** At most `maxBytes` from the beginning. */
	read(file: SessionFile, maxBytes: number): Promise<Uint8Array>;
}

export interface SessionFile {
	name: FileName;
	sizeBytes: number;
	contentType: string;
	from: 'input' | 'output';
	/** Absolute; of an immutable file. */
	path: string;
}

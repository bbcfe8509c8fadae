/** Where agent-written code executes. It sees the files it is given and nothing else. */
export interface Sandbox {
	readonly kind: 'local' | 'e2b' | 'native' | 'off';
	/** For `/health`, the settings rail and people: the tier in use, or why code tools are off. */
	describe(): SandboxDescription;
	/**
	 * What code finds there, as a model is told: versions, packages, chart functions. Null when the
	 * language is not available.
	 */
	guide(language: Language): string | null;
	/**
	 * Runs one piece of code in a fresh place of its own. Never throws for what the code does: every
	 * end has a named reason. Rejects with a DomainError `unavailable` when nothing could be run.
	 * Files come back also when the code failed. Inputs are never changed.
	 */
	run(job: SandboxJob, signal: AbortSignal): Promise<SandboxResult>;
	/** The run is over, or will not need code for long: lets go of what was kept for it. Never throws. */
	release(runId: string): Promise<void>;
	/** Called at start with the runs that are still active: what was left for any other is removed. */
	reap(activeRunIds: readonly string[]): Promise<void>;
	/** Ends everything that still runs. */
	stop(): Promise<void>;
}

export type Language = 'python' | 'javascript';

export interface SandboxDescription {
	kind: 'local' | 'e2b' | 'native' | 'off';
	/** `local` only: whether bubblewrap and seccomp stand around the Deno process. */
	tier?: 'wrapped' | 'plain';
	/** One sentence for a person. */
	detail: string;
}

export interface SandboxJob {
	language: Language;
	code: string;
	/** Shown to the code by bare name in its working folder. */
	files: SandboxInput[];
	/** Wall-clock limit in milliseconds. */
	timeoutMs: number;
	/** Names the run, for sandboxes that outlive one call. */
	runId: string;
	/** Whether the workflow lets code reach the internet; sandboxes on this machine never do. */
	internet?: boolean;
}

export interface SandboxInput {
	name: string;
	sizeBytes: number;
	/** Absolute path of an immutable file on the host; the sandbox reads it, never links it. */
	path: string;
}

/** Why a call ended other than by finishing. */
export type SandboxEnd = 'error' | 'timeout' | 'memory' | 'output' | 'cancelled' | 'crashed';

export interface SandboxResult {
	ok: boolean;
	stdout: string;
	stderr: string;
	/** For the model: the traceback or the message. */
	error: string | null;
	/** Null exactly when `ok`. */
	reason: SandboxEnd | null;
	/** Top-level regular files that the code made or changed. */
	files: { name: string; bytes: Uint8Array }[];
	/** What it made that cannot be kept: sub-folders, links, illegal names, too much. */
	refused: { name: string; reason: string }[];
	durationMs: number;
}

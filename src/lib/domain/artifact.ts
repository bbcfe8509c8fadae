import type { RunStatus } from './run';

/** A file that a run produced, as the HTTP contract has it. */
export interface Artifact {
	filename: string;
	version: number;
	agent_id: string;
	generated_at: string;
	size_bytes: number;
	content_type: string;
	sha256: string;
}

/** A file that a run produced and that could not be kept, and why. */
export interface RefusedArtifact {
	filename: string;
	agent_id: string;
	code: string;
	message: string;
}

/** A run's artifacts: every version, names in order, the newest version of each name first. */
export interface RunArtifacts {
	run_id: string;
	workflow_id: string;
	user_directive: string;
	created_at: string;
	/** Null while the run is active. */
	expires_at: string | null;
	pinned: boolean;
	status: RunStatus;
	artifacts: Artifact[];
	refused: RefusedArtifact[];
}

const DAY_MS = 86_400_000;

/** True from the first millisecond at which the artifacts may no longer be read. */
export function isExpired(expiresAt: Date | null, pinned: boolean, now: Date): boolean {
	return !pinned && expiresAt !== null && now >= expiresAt;
}

/** The dot beside an artifact: red = expires within a day, green = current run, yellow = young. */
export type StatusDot = 'red' | 'green' | 'yellow' | 'none';

export function statusDotOf(
	run: Pick<RunArtifacts, 'run_id' | 'expires_at' | 'pinned'>,
	artifact: Pick<Artifact, 'generated_at'>,
	currentRunId: string | null,
	now: Date
): StatusDot {
	if (!run.pinned && run.expires_at && Date.parse(run.expires_at) - now.getTime() < DAY_MS)
		return 'red';
	if (run.run_id === currentRunId) return 'green';
	if (now.getTime() - Date.parse(artifact.generated_at) < DAY_MS) return 'yellow';
	return 'none';
}

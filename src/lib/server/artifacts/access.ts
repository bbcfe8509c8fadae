import { isExpired } from '../../domain/artifact';
import { DomainError, notFound } from '../../domain/errors';
import { PUBLIC_CLIENT, type ClientId, type RunId } from '../../domain/ids';
import { isActive } from '../../domain/run';
import type { ArtifactRows, RunRow } from './artifact-rows';

/** Decides who may see and change the artifacts of a run; synchronous, so that write units can ask. */
export interface RunAccess {
	/**
	 * @throws DomainError `not_found` for a run that does not exist or is somebody else's, `gone` from
	 * the first millisecond after its artifacts expired.
	 */
	readable(client: ClientId, run: RunId): RunRow;
	/** @throws DomainError as `readable`, and `forbidden` for a public run. */
	writable(client: ClientId, run: RunId): RunRow;
	/** @throws DomainError as `writable`, and `conflict` while the run is active. */
	removable(client: ClientId, run: RunId): RunRow;
}

export function createRunAccess(deps: { rows: ArtifactRows; now: () => Date }): RunAccess {
	const { rows, now } = deps;

	function readable(client: ClientId, run: RunId): RunRow {
		const row = rows.run(run);
		if (!row || (row.clientId !== client && row.clientId !== PUBLIC_CLIENT)) throw notFound();
		if (!isActive(row.status) && isExpired(row.expiresAt, row.pinned, now()))
			throw new DomainError('gone', 'The artifacts of this run have expired or were deleted.');
		return row;
	}

	function writable(client: ClientId, run: RunId): RunRow {
		const row = readable(client, run);
		if (row.clientId === PUBLIC_CLIENT)
			throw new DomainError('forbidden', 'Public artifacts can be read, but not changed.');
		return row;
	}

	return {
		readable,
		writable,
		removable(client, run) {
			const row = writable(client, run);
			if (isActive(row.status))
				throw new DomainError(
					'conflict',
					'The run is still at work. Stop it, or wait until it has ended, then delete its artifacts.'
				);
			return row;
		}
	};
}

import type { ClientId, RunId } from '../../domain/ids';
import type { Config } from '../platform/config';
import type { ArtifactRows } from './artifact-rows';

/** Bytes that a run is about to add to its client's artifacts. */
export interface Promised {
	client: ClientId;
	bytes: number;
}

/** How much a client may still keep, counting what its runs have linked and not committed yet. */
export interface Quota {
	/** What the run adds from now on; what it had promised before is forgotten. */
	open(run: RunId, client: ClientId): Promised;
	/** It is in the rows now, or will never be. */
	close(run: RunId): void;
	roomLeft(client: ClientId): number;
}

export function createQuota(deps: {
	rows: ArtifactRows;
	config: Pick<Config, 'ARTIFACT_QUOTA_BYTES'>;
}): Quota {
	const { rows, config } = deps;
	const promised = new Map<RunId, Promised>();
	return {
		open(run, client) {
			const promise = { client, bytes: 0 };
			promised.set(run, promise);
			return promise;
		},
		close(run) {
			promised.delete(run);
		},
		roomLeft(client) {
			let used = rows.bytesOfClient(client);
			for (const other of promised.values()) if (other.client === client) used += other.bytes;
			return config.ARTIFACT_QUOTA_BYTES - used;
		}
	};
}

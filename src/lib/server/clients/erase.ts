import type { ClientId } from '../../domain/ids';
import type { Clients } from './clients';

/** What a client leaves behind elsewhere, and who removes it. */
export interface Belongings {
	/** Stops every run of the client and resolves when all are over. */
	stopRuns(client: ClientId): Promise<void>;
	/** Removes sessions and artifacts of the client's ended runs, rows and files. */
	removeRuns(client: ClientId): Promise<void>;
	/** Removes the folders that are named after the client. */
	removeFolders(client: ClientId): Promise<void>;
}

export interface Erase {
	/** Removes a client with all it owns; its key opens nothing from the first moment. */
	erase(client: ClientId): Promise<void>;
	/** Goes on with what a stop of the server interrupted; at start. */
	finish(): Promise<void>;
}

export function createErase(
	deps: { clients: Pick<Clients, 'revoke' | 'revoked' | 'remove'> } & Belongings
): Erase {
	const { clients, stopRuns, removeRuns, removeFolders } = deps;

	async function erase(client: ClientId): Promise<void> {
		// The key first: nothing new can be started while the rest goes.
		await clients.revoke(client);
		await stopRuns(client);
		await removeRuns(client);
		await clients.remove(client);
		await removeFolders(client);
	}

	return {
		erase,
		async finish() {
			for (const client of clients.revoked()) await erase(client);
		}
	};
}

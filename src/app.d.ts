import type { Client } from '$lib/server/clients/clients';

declare global {
	namespace App {
		interface Error {
			message: string;
			/** What kind of failure this is: one of the codes of the HTTP contract. */
			code?: string;
			/** Names this failure in the server's log. */
			error_id?: string;
		}
		interface Locals {
			/** Who asks. Null only on routes that need no client (`/health`, `POST /runtime/clients`). */
			client: Client | null;
			/** Names this request in the log. */
			request_id: string;
		}
	}
}

export {};

import type { FileHandle } from 'node:fs/promises';
import type { Client } from '$lib/server/clients/clients';
import type { IncomingMessage } from 'node:http';
import type { Log } from '$lib/server/platform/log';

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
			/** Writes with the request's id. */
			log: Log;
		}
		interface PageState {
			/** The drawer that lies over the page. */
			over?: string;
		}
		/** What the built server adds; not there during development. */
		interface Platform {
			req: IncomingMessage & {
				/** Sends a part of an open file as this request's answer, and closes it. */
				sendInstead?(file: { handle: FileHandle; start: number; length: number }): void;
			};
		}
	}
}

export {};

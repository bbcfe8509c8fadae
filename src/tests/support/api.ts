import { createHash } from 'node:crypto';
import type { Artifact, RunArtifacts } from '$lib/domain/artifact';
import type { LibraryFile } from '$lib/domain/library';
import type { RunState } from '$lib/domain/run';

export interface ServerEvent {
	id: number;
	type: string;
	data: Record<string, unknown>;
}

/** A client of the HTTP API, as a script would write it. */
export interface ApiClient {
	key: string;
	clientId: string;
	fetch(path: string, init?: RequestInit): Promise<Response>;
	/** @throws Error with status and body when the answer is not 2xx. */
	json<T>(path: string, init?: RequestInit): Promise<T>;
	put(name: string, body: Uint8Array | string): Promise<LibraryFile>;
	library(): Promise<LibraryFile[]>;
	start(body: Record<string, unknown>): Promise<string>;
	state(runId: string): Promise<RunState>;
	artifacts(runId: string): Promise<RunArtifacts>;
	/** Reads the event stream until it ends, or until `until` says enough. */
	events(
		runId: string,
		options?: { after?: number; until?: (event: ServerEvent) => boolean }
	): Promise<ServerEvent[]>;
}

export function sha256(bytes: Uint8Array | string): string {
	return createHash('sha256').update(bytes).digest('hex');
}

/** Makes a new client on the server at `url`. */
export async function newClient(url: string): Promise<ApiClient> {
	const response = await fetch(`${url}/runtime/clients`, { method: 'POST' });
	if (response.status !== 201) throw new Error(`No client: ${await response.text()}`);
	const made = (await response.json()) as { client_id: string; client_key: string };
	return clientWithKey(url, made.client_key, made.client_id);
}

/** A client that exists already, perhaps on a server that was restarted on another port. */
export function clientWithKey(url: string, key: string, clientId: string): ApiClient {
	const request = (path: string, init: RequestInit = {}) =>
		fetch(url + path, {
			...init,
			headers: { 'X-RARO-CLIENT-ID': key, ...(init.headers as Record<string, string>) }
		});
	async function json<T>(path: string, init?: RequestInit): Promise<T> {
		const response = await request(path, init);
		const text = await response.text();
		if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
		return (text === '' ? undefined : JSON.parse(text)) as T;
	}
	return {
		key,
		clientId,
		fetch: request,
		json,
		put: (name, body) =>
			json(`/runtime/library/files/${encodeURIComponent(name)}`, {
				method: 'PUT',
				body: body as BodyInit,
				headers: { 'content-type': 'application/octet-stream' }
			}),
		library: async () => (await json<{ files: LibraryFile[] }>('/runtime/library')).files,
		start: async (body) =>
			(
				await json<{ run_id: string }>('/runtime/start', {
					method: 'POST',
					body: JSON.stringify(body),
					headers: { 'content-type': 'application/json' }
				})
			).run_id,
		state: (runId) => json(`/runtime/state?run_id=${runId}`),
		artifacts: (runId) => json(`/runtime/artifacts/${runId}`),
		async events(runId, { after = 0, until = () => false } = {}) {
			const abort = new AbortController();
			const response = await request(`/runtime/${runId}/events`, {
				headers: after > 0 ? { 'Last-Event-ID': String(after) } : {},
				signal: abort.signal
			});
			if (!response.ok || !response.body)
				throw new Error(`events: ${response.status} ${await response.text()}`);
			const events: ServerEvent[] = [];
			for await (const event of parseEvents(response.body)) {
				events.push(event);
				if (until(event)) break;
			}
			abort.abort();
			return events;
		}
	};
}

/** Reads `text/event-stream`; comments are left out. */
async function* parseEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
	const decoder = new TextDecoder();
	let rest = '';
	for await (const chunk of body) {
		rest += decoder.decode(chunk, { stream: true });
		const blocks = rest.split('\n\n');
		rest = blocks.pop() ?? '';
		for (const block of blocks) {
			const fields = new Map(
				block.split('\n').map((line) => {
					const colon = line.indexOf(':');
					return [line.slice(0, colon), line.slice(colon + 1).trimStart()] as const;
				})
			);
			const data = fields.get('data');
			if (data === undefined) continue;
			yield {
				id: Number(fields.get('id')),
				type: fields.get('event') ?? 'message',
				data: JSON.parse(data) as Record<string, unknown>
			};
		}
	}
}

/** The newest version of each name. */
export function latest(run: RunArtifacts): Map<string, Artifact> {
	const byName = new Map<string, Artifact>();
	for (const artifact of run.artifacts) {
		const known = byName.get(artifact.filename);
		if (!known || known.version < artifact.version) byName.set(artifact.filename, artifact);
	}
	return byName;
}

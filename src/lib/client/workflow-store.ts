import type { WorkflowConfig } from '$lib/domain/workflow';
import type { WorkflowVersion, WorkflowVersionInfo } from '$lib/domain/workflow-version';
import { ApiError, callApi } from './api';

/** Where workflows are stored. */
export interface WorkflowStore {
	/**
	 * Stores it over the version of that tag, null: where nothing is yet. Answers with the new tag.
	 * @throws ApiError with what the server refuses; `conflict` when something else is stored
	 */
	put(config: WorkflowConfig, over: string | null): Promise<string>;
	/** What is stored now; null when nothing is. */
	newest(id: string): Promise<WorkflowVersion | null>;
}

/** The server's, by its API. */
export const serverStore: WorkflowStore = {
	async put(config, over) {
		const condition: Record<string, string> =
			over === null ? { 'if-none-match': '*' } : { 'if-match': `"${over}"` };
		const { headers } = await callApi<WorkflowConfig>(
			'PUT',
			addressOf(config.id),
			config,
			condition
		);
		const tag = /^(?:W\/)?"(.+)"$/.exec(headers.get('etag') ?? '')?.[1];
		if (tag === undefined) throw new Error('A proxy removes the ETag of answers: it must not.');
		return tag;
	},
	async newest(id) {
		const at = `${addressOf(id)}/versions`;
		try {
			const { versions } = (await callApi<{ versions: WorkflowVersionInfo[] }>('GET', at)).body;
			const [top] = versions;
			if (!top) return null;
			return (await callApi<WorkflowVersion>('GET', `${at}/${top.version}`)).body;
		} catch (error) {
			if (error instanceof ApiError && error.code === 'not_found') return null;
			throw error;
		}
	}
};

const addressOf = (id: string) => `/runtime/workflows/${encodeURIComponent(id)}`;

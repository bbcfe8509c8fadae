/** Where the bytes of a library file are. */
export function libraryFileUrl(name: string): string {
	return `/runtime/library/files/${encodeURIComponent(name)}`;
}

/** Where the bytes of an artifact are; the latest version unless one is named. */
export function artifactUrl(runId: string, name: string, version?: number): string {
	const url = `/runtime/artifacts/${runId}/files/${encodeURIComponent(name)}`;
	return version === undefined ? url : `${url}?version=${version}`;
}

/** Where the bytes of a file of the run's session are, while that exists. */
export function sessionFileUrl(runId: string, name: string): string {
	return `/runtime/${runId}/files/${encodeURIComponent(name)}`;
}

/** The run's page, opened where an item of its transcript is, shown whole; `seq` is the item's number. */
export function itemUrl(runId: string, seq: number): string {
	return `/runs/${runId}?item=${seq}#item-${seq}`;
}

/** The run's page, opened where an agent's part begins. */
export function stepUrl(runId: string, agentId: string): string {
	return `/runs/${runId}?step=${encodeURIComponent(agentId)}#step-${encodeURIComponent(agentId)}`;
}

/** Where a run's artifacts are as one zip file. */
export function archiveUrl(runId: string): string {
	return `/runtime/artifacts/${runId}/archive`;
}

/** The same address, but the browser saves instead of showing. */
export function asDownload(url: string): string {
	return url + (url.includes('?') ? '&download' : '?download');
}

const MAX_ADDRESS_CHARS = 6000;

/**
 * The console with what the next run is to be: a workflow, a directive and attachments. Null when
 * that is too much for an address.
 */
export function consoleUrl(next: {
	workflow?: string;
	directive: string;
	attached: readonly string[];
}): string | null {
	const query = new URLSearchParams();
	if (next.workflow !== undefined) query.set('workflow', next.workflow);
	if (next.directive !== '' || next.attached.length > 0) query.set('directive', next.directive);
	for (const name of next.attached) query.append('attach', name);
	const text = query.toString();
	if (text.length > MAX_ADDRESS_CHARS) return null;
	return text === '' ? '/' : `/?${text}`;
}

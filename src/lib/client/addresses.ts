/** Where the bytes of a library file are. */
export function libraryFileUrl(name: string): string {
	return `/runtime/library/files/${encodeURIComponent(name)}`;
}

/** Where the bytes of an artifact are; the latest version unless one is named. */
export function artifactUrl(runId: string, name: string, version?: number): string {
	const url = `/runtime/artifacts/${runId}/files/${encodeURIComponent(name)}`;
	return version === undefined ? url : `${url}?version=${version}`;
}

/** Where a run's artifacts are as one zip file. */
export function archiveUrl(runId: string): string {
	return `/runtime/artifacts/${runId}/archive`;
}

/** The same address, but the browser saves instead of showing. */
export function asDownload(url: string): string {
	return url + (url.includes('?') ? '&download' : '?download');
}

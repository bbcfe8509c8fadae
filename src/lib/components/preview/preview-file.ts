import { artifactUrl, libraryFileUrl } from '$lib/client/addresses';
import type { PreviewTarget } from './preview.svelte';

/** What a viewer needs to know of the file that it shows. */
export interface PreviewFile {
	name: string;
	url: string;
	contentType: string;
	sizeBytes: number;
	/** Where a file is that this one names relative to itself. */
	siblingUrl: (name: string) => string;
}

export function previewFileOf(target: PreviewTarget): PreviewFile {
	if (target.kind === 'artifact') {
		const { run_id, artifact } = target;
		return {
			name: artifact.filename,
			url: artifactUrl(run_id, artifact.filename, artifact.version),
			contentType: artifact.content_type,
			sizeBytes: artifact.size_bytes,
			siblingUrl: (name) => artifactUrl(run_id, name)
		};
	}
	const { file } = target;
	const origin = file.origin;
	return {
		name: file.name,
		url: libraryFileUrl(file.name),
		contentType: file.content_type,
		sizeBytes: file.size_bytes,
		// A promoted report still shows the charts of the run that made it.
		siblingUrl: origin ? (name) => artifactUrl(origin.run_id, name) : libraryFileUrl
	};
}

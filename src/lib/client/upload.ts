import { nameProblem } from '$lib/domain/file-name';
import type { LibraryFile, OnConflict } from '$lib/domain/library';
import { libraryFileUrl } from './addresses';
import { ApiError, errorFrom, OFFLINE } from './api';
import { formatBytes } from './format';

export interface Limits {
	file_bytes: number;
	library_bytes: number;
	artifact_bytes: number;
}

export interface Usage {
	library_bytes: number;
	artifact_bytes: number;
	files: number;
}

/** Why this file would be refused, known before a byte is sent; null when nothing is in its way. */
export function uploadProblem(
	file: { name: string; size: number },
	limits: Limits,
	libraryBytes: number
): string | null {
	const problem = nameProblem(file.name);
	if (problem) return `This name was refused: ${problem}.`;
	if (file.size > limits.file_bytes)
		return `It has ${formatBytes(file.size)}; a file can have at most ${formatBytes(limits.file_bytes)}.`;
	const free = Math.max(0, limits.library_bytes - libraryBytes);
	if (file.size > free)
		return `It has ${formatBytes(file.size)}, but the Library has only ${formatBytes(free)} left.`;
	return null;
}

export interface UploadOptions {
	name?: string;
	onConflict?: OnConflict;
	onprogress?: (sentBytes: number) => void;
	signal?: AbortSignal;
}

/**
 * Sends one file to the Library. XMLHttpRequest, because `fetch` does not tell what has been sent.
 * @throws ApiError with the server's reason; DOMException `AbortError` when cancelled.
 */
export function uploadFile(file: File, options: UploadOptions = {}): Promise<LibraryFile> {
	const { name = file.name, onConflict = 'keep', onprogress, signal } = options;
	const { promise, resolve, reject } = Promise.withResolvers<LibraryFile>();
	const request = new XMLHttpRequest();
	request.open('PUT', `${libraryFileUrl(name)}?on_conflict=${onConflict}`);
	// Without a type there is no body for the server to read.
	request.setRequestHeader('content-type', 'application/octet-stream');
	request.upload.onprogress = (event) => onprogress?.(event.loaded);
	request.onload = () => {
		if (request.status === 201) resolve(JSON.parse(request.responseText) as LibraryFile);
		else reject(errorFrom(request.status, request.responseText));
	};
	request.onerror = () => reject(new ApiError(0, 'unavailable', OFFLINE));
	request.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
	signal?.addEventListener('abort', () => request.abort(), { once: true });
	if (signal?.aborted) request.onabort?.(new ProgressEvent('abort'));
	else request.send(file);
	return promise;
}

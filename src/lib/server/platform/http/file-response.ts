import { Buffer } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { create as contentDisposition } from 'content-disposition';
import { DomainError } from '../../../domain/errors';
import { isInlineType } from '../../../domain/media-type';
import type { Files } from '../../storage/files';
import type { StoredFile } from '../../storage/stored-file';
import { json } from './api';
import type { BodySource } from './body';

const CHUNK_BYTES = 1024 * 1024;
/** Up to here one read into memory is faster than a stream. */
const SMALL_BYTES = 64 * 1024;

/**
 * Serves a stored file: Range (one), If-Range, ETag, 304, 416, HEAD without reading. Types that a
 * browser may not show in place are downloads; what it shows has no rights at all.
 * @throws DomainError `gone` when the bytes are not on disk any more.
 */
export async function fileResponse(
	{ request, platform }: BodySource,
	file: StoredFile,
	files: Pick<Files, 'open'>,
	options: { download?: boolean } = {}
): Promise<Response> {
	const opened = await files.open(file.key);
	if (!opened)
		throw new DomainError('gone', 'This file is listed, but it is no longer on the server’s disk.');
	const { handle, stats } = opened;
	let isHandedOver = false;
	try {
		const headers = headersOf(file, options.download === true);
		const answer = (status: number, body: BodyInit | null = null) =>
			new Response(body, { status, headers });
		if (isKnown(request.headers.get('if-none-match'), etagOf(file))) return answer(304);

		const range = request.method === 'GET' ? rangeOf(request, etagOf(file), stats.size) : null;
		if (range === 'unsatisfiable') return unsatisfiable(stats.size);
		const { start, end } = range ?? { start: 0, end: stats.size - 1 };
		const length = end - start + 1;
		headers.set('content-length', String(length));
		if (range) headers.set('content-range', `bytes ${start}-${end}/${stats.size}`);
		const status = range ? 206 : 200;

		if (request.method === 'HEAD' || length === 0) return answer(status);
		if (length <= SMALL_BYTES) return answer(status, await readExactly(handle, start, length));
		isHandedOver = true;
		if (platform?.req.sendInstead) {
			platform.req.sendInstead({ handle, start, length });
			return answer(status);
		}
		return answer(status, streamOf(handle, start, length));
	} finally {
		if (!isHandedOver) await handle.close();
	}
}

function etagOf(file: StoredFile): string {
	return `"${file.sha256}"`;
}

function headersOf(file: StoredFile, download: boolean): Headers {
	const isInline = !download && isInlineType(file.contentType);
	const isText = file.contentType.startsWith('text/') && !file.contentType.includes(';');
	return new Headers({
		'content-type': isText ? `${file.contentType}; charset=utf-8` : file.contentType,
		'content-disposition': contentDisposition(file.name, {
			type: isInline ? 'inline' : 'attachment'
		}),
		etag: etagOf(file),
		'accept-ranges': 'bytes',
		'cache-control': 'private, no-cache',
		'x-content-type-options': 'nosniff',
		'cross-origin-resource-policy': 'same-origin',
		'content-security-policy':
			"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
	});
}

/** RFC 9110, 13.1.2: weak comparison. */
function isKnown(ifNoneMatch: string | null, etag: string): boolean {
	if (ifNoneMatch === null) return false;
	const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
	return tags.includes('*') || tags.includes(etag);
}

/** Null stands for the whole file: no range, several ranges, or nonsense, as RFC 9110 allows. */
function rangeOf(
	request: Request,
	etag: string,
	size: number
): { start: number; end: number } | 'unsatisfiable' | null {
	const header = request.headers.get('range');
	const [, first = '', last = ''] = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '') ?? [];
	if (first === '' && last === '') return null;
	const ifRange = request.headers.get('if-range');
	if (ifRange !== null && ifRange !== etag) return null;
	if (first === '') {
		const count = Math.min(Number(last), size);
		return count === 0 ? 'unsatisfiable' : { start: size - count, end: size - 1 };
	}
	const start = Number(first);
	const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
	if (last !== '' && Number(last) < start) return null;
	return start >= size ? 'unsatisfiable' : { start, end };
}

function unsatisfiable(size: number): Response {
	return json(
		{ code: 'invalid', message: `This range is outside of the file, which has ${size} bytes.` },
		{ status: 416, headers: { 'content-range': `bytes */${size}`, 'accept-ranges': 'bytes' } }
	);
}

async function readExactly(
	handle: FileHandle,
	start: number,
	length: number
): Promise<Uint8Array<ArrayBuffer>> {
	// Not filled with zeros first, and not cut out of a pool that would outlive the answer.
	const bytes = Buffer.allocUnsafeSlow(length);
	let done = 0;
	while (done < length) {
		const { bytesRead } = await handle.read(bytes, done, length - done, start + done);
		if (bytesRead === 0) throw new Error('A stored file is shorter than it was when opened.');
		done += bytesRead;
	}
	return bytes;
}

/** Reads one chunk ahead of the reader, and closes the handle however it ends. */
function streamOf(handle: FileHandle, start: number, length: number): ReadableStream<Uint8Array> {
	let position = start;
	const end = start + length;
	return new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				try {
					const size = Math.min(CHUNK_BYTES, end - position);
					const chunk = await readExactly(handle, position, size);
					position += size;
					controller.enqueue(chunk);
				} catch (error) {
					await handle.close();
					throw error;
				}
				if (position < end) return;
				await handle.close();
				controller.close();
			},
			cancel: () => handle.close()
		},
		{ highWaterMark: 1 }
	);
}

import { errorFrom, OFFLINE, ApiError } from './api';

/** A text that is read as far as somebody wants to see it. */
export interface TextSource {
	/** At least `characters` more, fewer at the end; the empty string when there is no more. */
	read(characters: number): Promise<string>;
	/** True once everything has been read. */
	readonly done: boolean;
	/** Ends the transfer. */
	cancel(): void;
}

/**
 * Opens the text behind an address; only what is read is transferred.
 * @throws ApiError with the server's reason.
 */
export async function openText(url: string): Promise<TextSource> {
	const controller = new AbortController();
	const response = await fetch(url, { signal: controller.signal }).catch(() => {
		throw new ApiError(0, 'unavailable', OFFLINE);
	});
	if (!response.ok) throw errorFrom(response.status, await response.text());
	const stream = response.body ?? new ReadableStream<Uint8Array>({ start: (c) => c.close() });
	return textSource(stream, () => controller.abort());
}

/** Reads a stream of bytes as UTF-8; a byte order mark is dropped, bad bytes become U+FFFD. */
export function textSource(stream: ReadableStream<Uint8Array>, abort = () => {}): TextSource {
	const reader = stream.getReader();
	const decoder = new TextDecoder();
	let done = false;
	return {
		get done() {
			return done;
		},
		async read(characters) {
			const parts: string[] = [];
			let length = 0;
			while (!done && length < characters) {
				const chunk = await reader.read();
				done = chunk.done;
				const text = decoder.decode(chunk.value, { stream: !done });
				parts.push(text);
				length += text.length;
			}
			return parts.join('');
		},
		cancel() {
			done = true;
			abort();
			reader.cancel().catch(() => undefined);
		}
	};
}

/** What models can be shown as it is. */
export type SeenType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'application/pdf';

const SEEN: ReadonlySet<string> = new Set<SeenType>([
	'image/png',
	'image/jpeg',
	'image/gif',
	'image/webp',
	'application/pdf'
]);

/** The largest file that a model is shown. */
export const MAX_SEEN_BYTES = 7 * 1024 * 1024;

/** Whether a file of this type could be shown; what it really is, its bytes say (`seenTypeOf`). */
export const isSeenType = (contentType: string): boolean => SEEN.has(contentType);

/** What the bytes are, whatever the file's name says: a service refuses pictures that are none. */
export function seenTypeOf(bytes: Uint8Array): SeenType | null {
	const begins = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
	if (begins.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
	if (begins.startsWith('\xff\xd8\xff')) return 'image/jpeg';
	if (/^GIF8[79]a/.test(begins)) return 'image/gif';
	if (/^RIFF[^]{4}WEBP/.test(begins)) return 'image/webp';
	if (begins.startsWith('%PDF-')) return 'application/pdf';
	return null;
}

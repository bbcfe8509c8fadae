import { z } from 'zod';
import { nameOrRefusal, refusal } from './refusal';
import type { SessionFile, Tool, ToolContext, ToolOutcome } from './tool';

export const MAX_TEXT_BYTES = 100 * 1024;
const MAX_MEDIA_BYTES = 7 * 1024 * 1024;
const MEDIA_TYPES = new Set([
	'image/png',
	'image/jpeg',
	'image/gif',
	'image/webp',
	'application/pdf'
]);

const input = z.strictObject({
	filename: z.string().describe('Bare name of a file, as list_files shows it.')
});

export const readFile: Tool<z.infer<typeof input>> = {
	name: 'read_file',
	description:
		'Reads a file of this run: text up to 100 KB (then "truncated" is true); images (PNG, JPEG, GIF, ' +
		'WebP) and PDFs are handed over to be looked at. For larger or other binary files, read them with code.',
	input,
	async run({ filename }, context) {
		const name = nameOrRefusal(filename);
		if (typeof name !== 'string') return name;
		const file = await context.session.find(name);
		if (!file) return refusal(await missing(name, context));
		if (MEDIA_TYPES.has(file.contentType)) return readMedia(file, context);
		const bytes = await context.session.read(file, MAX_TEXT_BYTES);
		const truncated = file.sizeBytes > bytes.byteLength;
		const text = decode(bytes, truncated);
		if (text === null)
			return refusal(
				`"${name}" is not text (${file.contentType}, ${file.sizeBytes} bytes). Read it with execute_python or execute_javascript.`
			);
		const notes = [
			...(truncated
				? [
						`These are the first ${bytes.byteLength} of ${file.sizeBytes} bytes; use code for the rest.`
					]
				: []),
			...(text.guessed ? ['The file is not UTF-8; it was read as Windows-1252.'] : [])
		];
		const note = notes.length > 0 ? { note: notes.join(' ') } : {};
		return {
			ok: true,
			result: { content: text.content, truncated, ...note },
			writes: [],
			refused: []
		};
	}
};

async function missing(name: string, { session }: ToolContext): Promise<string> {
	const names = (await session.list()).map((f) => f.name);
	const shown = names.slice(0, 50).join(', ');
	return `There is no file "${name}". ${names.length === 0 ? 'There are no files.' : `There is: ${shown}.`}`;
}

async function readMedia(file: SessionFile, { session }: ToolContext): Promise<ToolOutcome> {
	if (file.sizeBytes > MAX_MEDIA_BYTES)
		return refusal(`"${file.name}" is larger than 7 MB and cannot be looked at; use code.`);
	const bytes = await session.read(file, MAX_MEDIA_BYTES);
	return {
		ok: true,
		result: {
			content: `[${file.name}: ${file.contentType}, ${file.sizeBytes} bytes, handed over beside this answer]`,
			truncated: false
		},
		writes: [],
		refused: [],
		media: [{ mimeType: file.contentType, bytes }]
	};
}

/** Text as people store it: UTF-8, UTF-16 with a mark, or an old Windows file; null when it is binary. */
function decode(
	bytes: Uint8Array,
	truncated: boolean
): { content: string; guessed: boolean } | null {
	if (bytes[0] === 0xff && bytes[1] === 0xfe)
		return { content: new TextDecoder('utf-16le').decode(bytes), guessed: false };
	if (bytes[0] === 0xfe && bytes[1] === 0xff)
		return { content: new TextDecoder('utf-16be').decode(bytes), guessed: false };
	if (bytes.includes(0)) return null;
	try {
		// The size limit may have cut a character in two.
		const content = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: truncated });
		return { content, guessed: false };
	} catch {
		const control = bytes.filter((b) => b < 32 && b !== 9 && b !== 10 && b !== 13).length;
		if (control > bytes.length / 100) return null;
		return { content: new TextDecoder('windows-1252').decode(bytes), guessed: true };
	}
}

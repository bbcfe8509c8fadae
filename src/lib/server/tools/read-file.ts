import { z } from 'zod';
import { nameOrRefusal, refusal } from './refusal';
import { isSeenType, MAX_SEEN_BYTES, seenTypeOf } from './seen';
import { decodeText } from './text';
import type { SessionFile, Tool, ToolContext, ToolOutcome } from './tool';

export const MAX_TEXT_BYTES = 100 * 1024;

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
		if (isSeenType(file.contentType)) return readMedia(file, context);
		const bytes = await context.session.read(file, MAX_TEXT_BYTES);
		const truncated = file.sizeBytes > bytes.byteLength;
		const text = decodeText(bytes, truncated);
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
	if (file.sizeBytes > MAX_SEEN_BYTES)
		return refusal(`"${file.name}" is larger than 7 MB and cannot be looked at; use code.`);
	const bytes = await session.read(file, MAX_SEEN_BYTES);
	const mimeType = seenTypeOf(bytes);
	if (mimeType === null)
		return refusal(`"${file.name}" is no ${file.contentType}, whatever its name says; use code.`);
	return {
		ok: true,
		result: {
			content: `[${file.name}: ${mimeType}, ${file.sizeBytes} bytes, handed over beside this answer]`,
			truncated: false
		},
		writes: [],
		refused: [],
		media: [{ mimeType, bytes }]
	};
}

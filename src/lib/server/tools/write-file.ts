import { z } from 'zod';
import { nameOrRefusal, refusal } from './refusal';
import type { Tool } from './tool';

const MAX_CONTENT_BYTES = 10 * 1024 * 1024;

const input = z.strictObject({
	filename: z.string().describe('Bare name, such as report.md; no folders.'),
	content: z.string().describe('The whole text of the file.')
});

export const writeFile: Tool<z.infer<typeof input>> = {
	name: 'write_file',
	description:
		'Writes a text file (UTF-8, up to 10 MB) as output of this run; the person gets it as an artifact. ' +
		'Writing a name again makes a new version. For binary files or charts, use code.',
	input,
	async run({ filename, content }) {
		const name = nameOrRefusal(filename);
		if (typeof name !== 'string') return name;
		const bytes = new TextEncoder().encode(content);
		if (bytes.length > MAX_CONTENT_BYTES)
			return refusal(`The content has ${bytes.length} bytes; write_file takes up to 10 MB.`);
		return {
			ok: true,
			result: { filename: name, size_bytes: bytes.length },
			writes: [{ name, bytes }],
			refused: []
		};
	}
};

import { z } from 'zod';
import type { Tool } from './tool';

const input = z.strictObject({});

export const listFiles: Tool<z.infer<typeof input>> = {
	name: 'list_files',
	description:
		'Lists the files of this run: what was attached (from "input") and what agents have made so far ' +
		'(from "output"). Names are bare file names; there are no folders.',
	input,
	async run(_, { session }) {
		const files = (await session.list()).map(({ name, sizeBytes, contentType, from }) => ({
			name,
			size_bytes: sizeBytes,
			content_type: contentType,
			from
		}));
		return { ok: true, result: { files }, writes: [], refused: [] };
	}
};

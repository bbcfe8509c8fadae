import { parseFileName, type FileName } from '../../domain/file-name';

const sources = import.meta.glob<string>('./samples/*', {
	query: '?raw',
	import: 'default',
	eager: true
});

/** The sample data of a fresh install. */
export const SAMPLES: { name: FileName; bytes: Uint8Array }[] = Object.entries(sources).map(
	([file, text]) => ({
		name: parseFileName(file.slice(file.lastIndexOf('/') + 1)),
		bytes: new TextEncoder().encode(text)
	})
);

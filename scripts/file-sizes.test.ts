import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** The files below a folder, with how many lines each has. */
function linesBelow(folder: string, wanted: RegExp): { file: string; lines: number }[] {
	return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => wanted.test(file) && !file.endsWith('.test.ts'))
		.map((file) => ({
			file: path.join(folder, file),
			lines: readFileSync(path.join(root, folder, file), 'utf8')
				.trimEnd()
				.split('\n').length
		}));
}

const longer = (files: { file: string; lines: number }[], limit: number) =>
	files.filter(({ lines }) => lines > limit).map(({ file, lines }) => `${file}: ${lines}`);

test('no component has more than 250 lines', () => {
	const components = ['src/lib/components', 'src/routes'].flatMap((f) =>
		linesBelow(f, /\.svelte$/)
	);
	expect(components.length).toBeGreaterThan(50);
	expect(longer(components, 250)).toEqual([]);
});

test('no source has more than 300 lines, and no route more than 80', () => {
	const sources = ['src/lib', 'src/routes'].flatMap((folder) => linesBelow(folder, /\.(ts|js)$/));
	expect(sources.length).toBeGreaterThan(100);
	expect(longer(sources, 300)).toEqual([]);
	const routes = linesBelow('src/routes', /\.ts$/);
	expect(routes.length).toBeGreaterThan(40);
	expect(longer(routes, 80)).toEqual([]);
});

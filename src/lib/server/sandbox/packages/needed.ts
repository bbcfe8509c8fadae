import type { InstalledPackages } from './installed';

/** What pandas imports by itself only when it is used, and the words that use it. */
const COMPANIONS: [words: RegExp, packages: string[]][] = [
	[/plot|hist|box|draw/, ['matplotlib']],
	[/excel|xls/i, ['openpyxl', 'python-calamine', 'xlrd']],
	[/interpolate|spearman|kendall|kde|density|sparse/, ['scipy']]
];

/**
 * The installed packages that a program imports, judged by its text alone: the words on its lines that
 * say `import`, wherever they stand. One too many costs time, one too few an error that says so.
 */
export function packagesIn(code: string, { lock }: Pick<InstalledPackages, 'lock'>): string[] {
	const lines = code.replaceAll('\\\n', ' ').split('\n');
	const words = new Set(
		lines
			.filter((line) => line.includes('import'))
			.flatMap((line) => line.match(/[A-Za-z_]\w*/g) ?? [])
	);
	const found = Object.entries(lock.packages)
		.filter(([, { imports }]) => imports.some((module) => words.has(module)))
		.map(([name]) => name);
	if (found.includes('pandas'))
		for (const [word, names] of COMPANIONS)
			if (word.test(code)) found.push(...names.filter((name) => name in lock.packages));
	return [...new Set(found)];
}

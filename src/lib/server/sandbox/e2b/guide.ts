import { z } from 'zod';
import { LIMITS } from '../limits';
import type { Language } from '../sandbox';

const MIB = 1024 * 1024;

/** What a sandbox says is installed. */
export const installed = z.strictObject({
	python: z.string().regex(/^[\w.+-]{1,40}$/),
	node: z
		.string()
		.regex(/^[\w.+-]{1,40}$/)
		.nullable(),
	packages: z.record(z.string().max(60), z.string().regex(/^[\w.+!-]{1,40}$/))
});
export type Installed = z.infer<typeof installed>;

/** Packages worth telling a model about, by the names they are installed under. */
export const PACKAGES = [
	'numpy',
	'pandas',
	'matplotlib',
	'seaborn',
	'plotly',
	'scipy',
	'scikit-learn',
	'statsmodels',
	'sympy',
	'openpyxl',
	'XlsxWriter',
	'xlrd',
	'python-docx',
	'pyarrow',
	'Pillow',
	'opencv-python',
	'scikit-image',
	'nltk',
	'spacy',
	'beautifulsoup4',
	'lxml',
	'requests',
	'joblib'
];

const DOCUMENTED =
	'By its documentation the template code-interpreter-v1 has numpy, pandas, matplotlib, seaborn, scipy, ' +
	'scikit-learn, openpyxl and more; catch ImportError where you depend on one.';

const COMMON = [
	'It runs on a Linux machine of its own at E2B. Each call is a fresh process: no variable survives from one call to the next; files do.',
	'The working folder shows all files of this run by bare name. Files that the code creates or changes',
	'there, at the top level, are kept as output, also when the code fails, but not when it runs out of time; inputs themselves never change.',
	`Limits: ${LIMITS.files} files, ${LIMITS.fileBytes / MIB} MB a file, ${LIMITS.totalBytes / MIB} MB together,`,
	`${LIMITS.printedBytes / 1024} KB of printed text; work through large files line by line.`,
	'There is no internet, so nothing can be installed, unless the workflow allows it.'
].join(' ');

function python(known: Installed | null): string {
	const names = Object.entries(known?.packages ?? {}).map(
		([name, version]) => `${name} ${version}`
	);
	const packages = !known
		? DOCUMENTED
		: names.length > 0
			? `Installed: ${names.join(', ')}.`
			: 'No packages such as numpy or pandas are installed.';
	return [
		`Python${known ? ` ${known.python}` : ' 3'} with the whole standard library: csv, json, sqlite3, statistics, zipfile,`,
		`subprocess and so on; top-level await works. ${packages}`,
		COMMON,
		'Charts: draw with matplotlib if it is installed and save them with savefig (.png or .svg); nothing is shown on a screen.'
	].join(' ');
}

function javascript(known: Installed | null): string {
	return [
		`A JavaScript module in Node${known?.node ? ` ${known.node}` : ''} with top-level await; console.log prints; Node’s own modules`,
		'can be imported (import fs from "node:fs") or required.',
		'Globals: files.list() → names; files.size(name); files.readText(name); files.readBytes(name, offset?, length?) →',
		'Uint8Array; files.lines(name) → iterator over lines, for large files; files.write(name, stringOrBytes).',
		'All of them are synchronous.',
		COMMON,
		'There is no global plt and no chart library: draw charts in Python, or write SVG text.'
	].join(' ');
}

/** What code finds at E2B, as a model is told; what is documented until a sandbox was asked. */
export function guideFor(language: Language, known: Installed | null): string | null {
	if (language === 'python') return python(known);
	return known && known.node === null ? null : javascript(known);
}

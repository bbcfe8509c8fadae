import { listed } from '../guide';
import { LIMITS } from '../limits';
import { INPUT_BYTES } from './command';
import type { Interpreter } from './interpreter';

const MIB = 1024 * 1024;

/** What code finds in the system's Python, as a model is told: exactly what was found at start. */
export function nativeGuide({
	python,
	packages
}: Pick<Interpreter, 'python' | 'packages'>): string {
	const charts = packages.some(({ module }) => module === 'matplotlib')
		? 'Charts: matplotlib is the real one; draw without a screen and save with savefig.'
		: 'matplotlib is not there: write tables or SVG instead of charts.';
	return [
		`Python ${python} (CPython) with its whole standard library (csv, json, sqlite3, statistics and so on);`,
		'top-level await works.',
		packages.length > 0
			? `Packages that can be imported: ${listed(packages)}. No others.`
			: 'No packages beside the standard library: no numpy, no pandas.',
		'Each call is a fresh process: no variable survives from one call to the next; files do.',
		'The working folder shows all files of this run by bare name. Files that the code creates or changes',
		'there, at the top level, are kept as output, also when the code fails; inputs themselves never change.',
		`Inputs are shown up to ${INPUT_BYTES / MIB} MB together; what is not shown is named on stderr.`,
		`Limits: ${LIMITS.files} files, ${LIMITS.fileBytes / MIB} MB a file, ${LIMITS.totalBytes / MIB} MB together,`,
		`${LIMITS.printedBytes / 1024} KB of printed text, 900 MB of memory; work through large files in pieces.`,
		'No network, no processes (threads work), no packages to install.',
		charts
	].join(' ');
}

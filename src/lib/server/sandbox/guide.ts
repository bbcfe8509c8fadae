import { LIMITS } from './limits';
import type { Language } from './sandbox';

const MIB = 1024 * 1024;

const COMMON = [
	'Each call is a fresh process: no variable survives from one call to the next; files do.',
	'The working folder shows all files of this run by bare name. Files that the code creates or changes',
	'there, at the top level, are kept as output, also when the code fails; inputs themselves never change.',
	`Limits: ${LIMITS.files} files, ${LIMITS.fileBytes / MIB} MB a file, ${LIMITS.totalBytes / MIB} MB together,`,
	`${LIMITS.printedBytes / 1024} KB of printed text, 512 MB of memory; work through large files line by line.`,
	'No network, no processes, no packages to install.'
].join(' ');

const FUNCTIONS =
	'plot (with formats such as "r--o"), bar (bottom=, width=), barh, scatter (s=, c=, cmap=), hist (bins=, density=), ' +
	'boxplot, pie (autopct=, explode=), imshow, pcolormesh, colorbar, fill_between, stackplot, step, errorbar, stem, ' +
	'axhline, axvline, axhspan, axvspan, hlines, vlines, semilogx, semilogy, loglog, text, annotate, bar_label, twinx, ' +
	'legend, title, suptitle, xlabel, ylabel, xticks/yticks (labels, rotation=), xlim, ylim, xscale/yscale ("log"), grid, ' +
	'subplots, subplot, figure (figsize=, dpi=), tight_layout, savefig (.png or .svg)';

/** A package as a model is told of it. */
export interface PackageNote {
	module: string;
	version: string | null;
}

/** `numpy 2.4.6, pandas 3.0.2`. */
export const listed = (packages: readonly PackageNote[]) =>
	packages.map(({ module, version }) => (version ? `${module} ${version}` : module)).join(', ');

const OWN_CHARTS = [
	`Charts: "import matplotlib.pyplot as plt" has a subset of matplotlib: ${FUNCTIONS}. Give lists of numbers,`,
	'dates or names. Axes have the same functions (ax.set_title, ax.set_xticks …). What is not there raises an',
	'error that names what is; what is accepted but not drawn (hatch, minor ticks, some rcParams) is named once on stderr as',
	'"matplotlib: … is not drawn here". Ticks take MultipleLocator, MaxNLocator, FixedLocator and date locators by interval;',
	'the layout is automatic. Close figures with plt.close().'
].join(' ');

const EXCEL = 'Excel files: pd.read_excel(name, engine="calamine"); they can be read, not written.';

function pythonGuide(packages: readonly PackageNote[]): string {
	const has = (name: string) => packages.some(({ module }) => module === name);
	return [
		'Python 3.14 (Pyodide) with the whole standard library: csv, json, sqlite3, statistics, datetime,',
		'collections, itertools, re, math, random, decimal, zipfile, gzip, xml, html and so on; top-level await works.',
		packages.length > 0
			? `Packages that can be imported: ${listed(packages)}. No others. Import them plainly: what the code does not name is not loaded.`
			: 'numpy, pandas and other packages are not there.',
		...(has('python_calamine') && has('pandas') && !has('openpyxl') ? [EXCEL] : []),
		COMMON,
		has('matplotlib')
			? 'Charts: matplotlib is the real one; draw without a screen and save with savefig.'
			: OWN_CHARTS
	].join(' ');
}

const JAVASCRIPT = [
	'A modern JavaScript module (V8) with top-level await; console.log prints. No require, no Node and no Deno modules.',
	'Globals: files.list() → names; files.size(name); files.readText(name); files.readBytes(name, offset?, length?) →',
	'Uint8Array; files.lines(name) → iterator over lines, for large files; files.write(name, stringOrBytes).',
	'All of them are synchronous. The program ends with its last statement: await what you start.',
	COMMON,
	`Charts: the global plt has matplotlib.pyplot’s functions with options as a last object, for example`,
	`plt.bar(names, heights, {label: "2024"}); plt.title("Sales"); plt.savefig("sales.png"). There is ${FUNCTIONS}.`,
	'const [fig, ax] = plt.subplots({figsize: [8, 4]}). Dates are Date objects.',
	'What is accepted but not drawn is named once on stderr (console.error).'
].join(' ');

/** What code finds in the local sandbox, as a model is told; `packages` are Python's. */
export function guideFor(language: Language, packages: readonly PackageNote[] = []): string {
	return language === 'python' ? pythonGuide(packages) : JAVASCRIPT;
}

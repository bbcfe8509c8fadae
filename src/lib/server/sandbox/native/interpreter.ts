import fs from 'node:fs';
import { z } from 'zod';
import { missingTools } from '../bubblewrap';
import { endProcess, launch } from '../process';
import { seccompProgram } from '../seccomp';
import { PYTHON, pythonCommand } from './command';
import program from './packages.py?raw';

const PROBE_MS = 20_000;

/** What models like to import, by module and by the name it is distributed under. */
const KNOWN: [module: string, distribution: string][] = [
	...['numpy', 'pandas', 'matplotlib', 'scipy', 'openpyxl', 'pyarrow', 'seaborn', 'statsmodels'],
	...['sympy', 'networkx', 'plotly', 'polars', 'duckdb', 'xlrd', 'lxml', 'tabulate', 'pytz']
].map((name): [string, string] => [name, name]);
KNOWN.push(
	['sklearn', 'scikit-learn'],
	['PIL', 'Pillow'],
	['bs4', 'beautifulsoup4'],
	['xlsxwriter', 'XlsxWriter'],
	['dateutil', 'python-dateutil']
);

const answer = z.object({
	python: z.string().max(40),
	packages: z.array(z.object({ module: z.string(), version: z.string().max(80).nullable() }))
});

/** The system's Python as it was found at start. */
export interface Interpreter extends z.infer<typeof answer> {
	/** Whether a command has to give root's rights up first. */
	dropsUser: boolean;
}

/** What this machine would need for `SANDBOX=native`, as a sentence; null when nothing is missing. */
export function whyImpossible(platform = process.platform): string | null {
	if (platform !== 'linux') return `it needs Linux and this is ${platform}`;
	if (seccompProgram(process.arch) === null)
		return `its system-call filter is not written for ${process.arch} processors`;
	const missing = missingTools();
	if (missing.length > 0)
		return `${missing.join(' and ')} must be installed (on Debian: apt-get install bubblewrap util-linux)`;
	if (!fs.existsSync(PYTHON))
		return `there is no ${PYTHON} (on Debian: apt-get install python3 python3-pandas python3-matplotlib)`;
	return null;
}

/** Asks the interpreter, inside the walls, what it can import. */
export async function findInterpreter(
	signal: AbortSignal
): Promise<Interpreter | { problem: string }> {
	let problem = '';
	for (const dropsUser of process.getuid?.() === 0 ? [true, false] : [false]) {
		const asked = await ask(dropsUser, signal);
		if (!('problem' in asked)) return asked;
		problem ||= asked.problem;
	}
	return { problem };
}

function ask(dropsUser: boolean, signal: AbortSignal): Promise<Interpreter | { problem: string }> {
	return new Promise((resolve) => {
		const child = launch(pythonCommand([program, JSON.stringify(KNOWN)], 0, dropsUser), '/');
		let out = '';
		let said = '';
		const end = () => endProcess(child);
		const limit = setTimeout(end, PROBE_MS);
		signal.addEventListener('abort', end, { once: true });
		const settle = (found: Interpreter | { problem: string }) => {
			clearTimeout(limit);
			signal.removeEventListener('abort', end);
			resolve(found);
		};
		child.stdout?.on('data', (chunk: Buffer) => (out = (out + chunk).slice(0, 50_000)));
		child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk).slice(0, 2000)));
		child.once('error', (error) => settle({ problem: error.message }));
		child.once('close', (code) => {
			if (code !== 0) return settle({ problem: said.trim() || `exit code ${code}` });
			try {
				settle({ ...answer.parse(JSON.parse(out)), dropsUser });
			} catch {
				settle({ problem: `${PYTHON} gave an answer that makes no sense` });
			}
		});
	});
}

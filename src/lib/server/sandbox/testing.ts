import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { createLocalSandbox, type LocalSandbox } from './local';
import { whyImpossible } from './native/interpreter';
import { createNativeSandbox } from './native/native';
import type { InstalledPackages } from './packages/installed';
import type { Language, Sandbox, SandboxInput, SandboxResult } from './sandbox';

export const silent = pino({ level: 'silent' });

/** One folder for all test files, so that the memory snapshot is made once. */
export const testCache = path.resolve('node_modules/.cache/raro-sandbox');

/** A local sandbox of one tier; null, said aloud, when this machine cannot have it. */
export async function localSandboxFor(
	tier: 'wrapped' | 'plain',
	packages: InstalledPackages | null = null
): Promise<LocalSandbox | null> {
	const sandbox = createLocalSandbox({
		cache: testCache,
		log: silent,
		concurrency: 2,
		tier,
		packages
	});
	const { kind, detail } = await sandbox.ready();
	if (kind === 'local') return sandbox;
	sayMissing(`the ${tier} sandbox tier is not usable on this machine. ${detail}`);
	await sandbox.stop();
	return null;
}

/** The system's Python under bubblewrap; null, said aloud, when this machine cannot have it. */
export async function nativeSandbox(): Promise<Sandbox | null> {
	const missing = whyImpossible();
	if (missing) {
		sayMissing(`the native sandbox cannot be had here: ${missing}`);
		return null;
	}
	const javascript = createLocalSandbox({ cache: testCache, log: silent, concurrency: 2 });
	await javascript.ready();
	const sandbox = await createNativeSandbox({ javascript, log: silent, concurrency: 2 });
	if (sandbox.kind === 'native') return sandbox;
	sayMissing(sandbox.describe().detail);
	await sandbox.stop();
	return null;
}

/** Whose Python it is: what code can do there differs, what it can reach does not. */
export interface Walls {
	name: string;
	python: 'pyodide' | 'cpython';
	make(): Promise<Sandbox | null>;
}

/** Every kind of walls that stands on this machine alone. */
export const WALLS: Walls[] = [
	{ name: 'wrapped', python: 'pyodide', make: () => localSandboxFor('wrapped') },
	{ name: 'plain', python: 'pyodide', make: () => localSandboxFor('plain') },
	{ name: 'native', python: 'cpython', make: nativeSandbox }
];

/** Not console: reporters may hide that, and a wall that was not tested has to be seen. */
function sayMissing(what: string): void {
	process.stderr.write(`\n*** SKIPPED: ${what} ***\n\n`);
}

/** Writes files to a temporary folder and describes them as a job's inputs. */
export async function inputFiles(
	contents: Record<string, string | Uint8Array>
): Promise<{ files: SandboxInput[]; folder: string; remove(): Promise<void> }> {
	const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'raro-inputs-'));
	const files: SandboxInput[] = [];
	for (const [name, content] of Object.entries(contents)) {
		const file = path.join(folder, name);
		await fs.writeFile(file, content);
		files.push({ name, sizeBytes: (await fs.stat(file)).size, path: file });
	}
	return { files, folder, remove: () => fs.rm(folder, { recursive: true, force: true }) };
}

/** One call with defaults. */
export function runCode(
	sandbox: Pick<Sandbox, 'run'>,
	language: Language,
	code: string,
	options: { files?: SandboxInput[]; timeoutMs?: number; signal?: AbortSignal } = {}
): Promise<SandboxResult> {
	const { files = [], timeoutMs = 30_000, signal = new AbortController().signal } = options;
	return sandbox.run({ language, code, files, timeoutMs, runId: 'test' }, signal);
}

/** What the code made under `name`, as text. */
export function textOf(result: SandboxResult, name: string): string | null {
	const file = result.files.find((f) => f.name === name);
	return file ? new TextDecoder().decode(file.bytes) : null;
}

/**
 * `npm run artifacts:migrate`: moves artifacts from before there were clients, `artifacts/<run>/`, to
 * `artifacts/public/<run>/`, where everyone reads them and nobody changes them. Stop the server first.
 * Uses STORAGE_ROOT like the server; may be repeated.
 */
import path from 'node:path';
import { runnerImport } from 'vite';

const root = path.resolve(import.meta.dirname, '..');
process.chdir(root);
try {
	/** @type {{ module: typeof import('../src/lib/server/artifacts/legacy-command') }} */
	const { module } = await runnerImport('./src/lib/server/artifacts/legacy-command.ts', {
		root,
		configFile: false,
		logLevel: 'error'
	});
	const { runs, files, left } = await module.runLegacyMigration(path.join(root, 'drizzle'));
	console.log(`Moved ${files} files of ${runs} runs to public artifacts.`);
	for (const { key, reason } of left) console.log(`Left where it is: ${key} (${reason})`);
} catch (error) {
	console.error(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
}

/** The work of `npm run sandbox:packages`, under this project's own Node. */
import path from 'node:path';
import { runnerImport } from 'vite';

const root = path.resolve(import.meta.dirname, '..', '..');
process.chdir(root);
try {
	/** @type {{ module: typeof import('../../src/lib/server/sandbox/packages/command') }} */
	const { module } = await runnerImport('./src/lib/server/sandbox/packages/command.ts', {
		root,
		configFile: false,
		logLevel: 'error'
	});
	await module.installSandboxPackages((line) => console.log(line));
} catch (error) {
	const message = error instanceof Error ? error.message : String(error);
	console.error(`\nThe packages are not installed:\n${message}`);
	console.error(
		'What arrived is kept; run it again when that is mended. SANDBOX_PACKAGES_URL names another source.'
	);
	process.exitCode = 1;
}

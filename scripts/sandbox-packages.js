/**
 * `npm run sandbox:packages`: fetches numpy, pandas, matplotlib and what else the installed Pyodide pins
 * into the storage folder, verified by SHA-256, for the local sandbox. Uses STORAGE_ROOT like the server,
 * and SANDBOX_PACKAGES_URL for another source; may be repeated. Restart the server afterwards.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { install, root, runNode } from './lib/project.js';

install();
const generated = path.join(root, '.svelte-kit', 'tsconfig.json');
// A fresh clone has no types yet, and nothing of it can be imported without them.
if (!existsSync(generated))
	await runNode([path.join('node_modules', '@sveltejs', 'kit', 'svelte-kit.js'), 'sync']);
process.exit(await runNode([path.join('scripts', 'lib', 'fetch-packages.js')]));

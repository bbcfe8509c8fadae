/** `npm run bench`: measures what the README promises, each figure beside a baseline in the same run. */
import path from 'node:path';
import { build, install, runNode } from './lib/project.js';

install();
build();
process.exit(await runNode([path.join('scripts', 'bench', 'main.js'), ...process.argv.slice(2)]));

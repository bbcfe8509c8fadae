/** `npm start`: installs what is missing, builds what is stale, serves the app. */
import { build, install, runNode } from './lib/project.js';

install();
build();
process.exit(await runNode(['server.js']));

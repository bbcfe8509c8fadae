import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { abuseSuite } from '../abuse';
import { localSandboxFor } from '../testing';
import { installedPackages, namingPackages } from './testing';

/*
 * With packages a process may read more and does more before it gives its permissions up. Where Deno's
 * permissions are the only wall, that has to hold.
 */

let root: string;
beforeAll(async () => {
	root = await fs.mkdtemp(path.join(os.tmpdir(), 'raro-packages-'));
});
afterAll(() => fs.rm(root, { recursive: true }));

abuseSuite({
	name: 'plain, with packages,',
	python: 'pyodide',
	make: async () => namingPackages(await localSandboxFor('plain', await installedPackages(root)))
});

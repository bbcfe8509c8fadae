import { makeZip } from 'client-zip';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import path from 'node:path';
import type { Sandbox } from '../sandbox';
import { silent } from '../testing';
import { findPyodide } from '../runtime';
import { findPackages, type InstalledPackages } from './installed';
import { installPackages } from './install';
import { packagesFolder, type Lock, type LockedPackage } from './lock';
import { tinyModule } from './testing-module';

/*
 * Wheels like Pyodide's own, made here: the real ones cannot be had without the network. numpy has a
 * native module, as the real one has; all are small enough to be read.
 */

const WASM = 'cp314-cp314-pyemscripten_2026_0_wasm32';

interface Recipe {
	version: string;
	depends: string[];
	imports: string[];
	files: Record<string, string | Uint8Array<ArrayBuffer>>;
	tag?: string;
}

const RECIPES: Record<string, Recipe> = {
	numpy: {
		version: '2.4.6',
		depends: [],
		imports: ['numpy'],
		tag: WASM,
		files: {
			'numpy/__init__.py':
				'from . import _tiny\n__version__ = "2.4.6"\ndef total(values): return sum(values)\n',
			'numpy/_tiny.cpython-314-wasm32-emscripten.so': tinyModule('_tiny')
		}
	},
	pandas: {
		version: '3.0.2',
		depends: ['numpy', 'python-dateutil'],
		imports: ['pandas'],
		tag: WASM,
		files: {
			'pandas/__init__.py':
				'import numpy, dateutil\n__version__ = "3.0.2"\ndef plot():\n    import matplotlib.pyplot as plt\n    plt.savefig("plot.txt")\n'
		}
	},
	'python-dateutil': {
		version: '2.9.0.post0',
		depends: [],
		imports: ['dateutil'],
		files: { 'dateutil/__init__.py': '' }
	},
	matplotlib: {
		version: '3.10.8',
		depends: ['numpy'],
		imports: ['pylab', 'mpl_toolkits', 'matplotlib'],
		files: {
			'matplotlib/__init__.py': '__version__ = "3.10.8"\n',
			'matplotlib/pyplot.py': 'def savefig(name): open(name, "w").write("drawn by the real one")\n'
		}
	}
};

/** A lock file and the wheels that it pins; `names` and what they depend on must be among the recipes. */
export async function buildWheels(
	names = Object.keys(RECIPES)
): Promise<{ lock: Lock; wheels: Map<string, Buffer> }> {
	const packages: Record<string, LockedPackage> = {};
	const wheels = new Map<string, Buffer>();
	for (const name of names) {
		const recipe = RECIPES[name];
		if (!recipe) throw new Error(`no recipe for ${name}`);
		const { version, depends, imports, files, tag = 'py3-none-any' } = recipe;
		const plain = name.replaceAll('-', '_');
		const file = `${plain}-${version}-${tag}.whl`;
		const about = `${plain}-${version}.dist-info`;
		const all = {
			...files,
			[`${about}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
			[`${about}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tag}\n`,
			[`${about}/RECORD`]: ''
		};
		const entries = Object.entries(all).map(([at, input]) => ({
			name: at,
			input,
			lastModified: new Date(0)
		}));
		const bytes = Buffer.from(await new Response(makeZip(entries)).arrayBuffer());
		wheels.set(file, bytes);
		packages[name] = {
			name,
			version,
			file_name: file,
			sha256: createHash('sha256').update(bytes).digest('hex'),
			imports,
			depends,
			install_dir: 'site',
			package_type: 'package',
			unvendored_tests: false
		};
	}
	const info = {
		abi_version: '2026_0',
		arch: 'wasm32',
		platform: 'emscripten_5_0_3',
		python: '3.14.2'
	};
	return { lock: { info, packages }, wheels };
}

/** A package server on loopback; `faults` answers for a file in its own way, once for each entry. */
export async function serveWheels(wheels: Map<string, Buffer>) {
	const faults = new Map<string, (response: ServerResponse, bytes: Buffer) => void>();
	const asked: string[] = [];
	const server = createServer((request, response) => {
		const file = decodeURIComponent((request.url ?? '').replace(/^\/full\//, ''));
		asked.push(file);
		const bytes = wheels.get(file);
		const fault = faults.get(file);
		faults.delete(file);
		if (bytes && fault) return fault(response, bytes);
		if (!bytes || request.method !== 'GET') return void response.writeHead(404).end();
		response.writeHead(200, { 'Content-Length': bytes.length }).end(bytes);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	const port = typeof address === 'object' && address ? address.port : 0;
	return {
		base: `http://127.0.0.1:${port}/full/`,
		faults,
		asked,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		}
	};
}

/** Installs wheels from loopback below `root` and finds them as a server does at its start. */
export async function installedPackages(
	root: string,
	names?: string[]
): Promise<InstalledPackages | null> {
	const { lock, wheels } = await buildWheels(names);
	const server = await serveWheels(wheels);
	const folder = packagesFolder(root, findPyodide().version);
	await installPackages({ lock, base: server.base, folder, say: () => {} });
	await server.close();
	return findPackages(root, silent);
}

/** The names in a folder, sorted. */
export const namesIn = async (folder: string) => (await fs.readdir(path.resolve(folder))).sort();

/** The same sandbox, when every program names a package. */
export function namingPackages(sandbox: Sandbox | null): Sandbox | null {
	if (!sandbox) return null;
	return {
		...sandbox,
		run: (job, signal) =>
			sandbox.run(
				job.language === 'python' ? { ...job, code: `${job.code}\n# import pandas` } : job,
				signal
			)
	};
}

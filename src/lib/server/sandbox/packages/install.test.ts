import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../platform/config';
import { findPyodide } from '../runtime';
import { silent } from '../testing';
import { installSandboxPackages } from './command';
import { InstallError, installPackages } from './install';
import { findPackages } from './installed';
import { closure, LOCK_NAME, OFFERED, packagesFolder, readLock, type Lock } from './lock';
import { buildWheels, namesIn, serveWheels } from './testing';

let root: string;
let folder: string;
let lock: Lock;
let wheels: Map<string, Buffer>;
let server: Awaited<ReturnType<typeof serveWheels>>;
let said: string[];

beforeEach(async () => {
	root = await fs.mkdtemp(path.join(os.tmpdir(), 'raro-packages-'));
	folder = packagesFolder(root, findPyodide().version);
	({ lock, wheels } = await buildWheels());
	server = await serveWheels(wheels);
	said = [];
});
afterEach(async () => {
	await server.close();
	await fs.rm(root, { recursive: true });
});

const install = (idleMs?: number) =>
	installPackages({
		lock,
		base: server.base,
		folder,
		say: (line) => said.push(line),
		...(idleMs && { idleMs })
	});
const find = () => findPackages(root, silent);
const NUMPY = 'numpy-2.4.6-cp314-cp314-pyemscripten_2026_0_wasm32.whl';

test('all wheels arrive, verified, and the server offers them with their versions', async () => {
	expect(await find()).toBeNull();
	expect(await install()).toEqual({ fetched: 4, kept: 0 });
	expect(await namesIn(folder)).toEqual([...wheels.keys(), LOCK_NAME].sort());
	expect((await find())?.offered).toEqual([
		{ module: 'numpy', version: '2.4.6' },
		{ module: 'pandas', version: '3.0.2' },
		{ module: 'dateutil', version: '2.9.0.post0' },
		{ module: 'matplotlib', version: '3.10.8' }
	]);
	expect(said).toHaveLength(4);
});

describe('nothing half-installed is ever offered', () => {
	test.each([
		[
			'a wrong file',
			(response, bytes) => response.end(Buffer.alloc(bytes.length)),
			/numpy.*is not the file that this Pyodide expects: its SHA-256 is [0-9a-f]{64} and not [0-9a-f]{64}/
		],
		[
			'a missing file',
			(response) => response.writeHead(404).end(),
			/numpy.*answered 404 Not Found/
		],
		['a failing server', (response) => response.writeHead(500).end(), /numpy.*answered 500/],
		[
			'a transfer that breaks off',
			(response, bytes) => {
				response.writeHead(200, { 'Content-Length': bytes.length });
				response.write(bytes.subarray(0, 100), () => response.destroy());
			},
			/transfer of .*numpy.* broke off after 100 bytes/
		],
		[
			'a transfer that ends too early without saying so',
			(response, bytes) => response.end(bytes.subarray(0, 100)),
			/numpy.*is not the file/
		]
	] satisfies [string, Parameters<typeof server.faults.set>[1], RegExp][])(
		'%s is named, deleted and not there afterwards; the next try fetches it alone',
		async (_, fault, message) => {
			server.faults.set(NUMPY, fault);
			await expect(install()).rejects.toThrow(message);
			expect(await namesIn(folder)).toEqual([...wheels.keys()].filter((f) => f !== NUMPY).sort());
			expect(await find()).toBeNull();
			expect(await install()).toEqual({ fetched: 1, kept: 3 });
			expect(await find()).not.toBeNull();
			expect(server.asked.filter((file) => file !== NUMPY)).toHaveLength(3);
		}
	);

	test('a server that falls silent is given up', async () => {
		server.faults.set(NUMPY, (response, bytes) => {
			response.writeHead(200, { 'Content-Length': bytes.length });
			response.write(bytes.subarray(0, 100));
		});
		await expect(install(200)).rejects.toThrow(/numpy.* said nothing for 0.2 s/);
		expect(await find()).toBeNull();
	});

	test('a server that cannot be reached is asked once, not for every file', async () => {
		await server.close();
		const failed = await install().catch((error: unknown) => error);
		expect(failed).toBeInstanceOf(InstallError);
		expect(String(failed)).toMatch(/could not be reached \(.*ECONNREFUSED/);
		expect(said).toHaveLength(1);
		server = await serveWheels(wheels);
	});

	test('what is damaged later is not offered, and is mended by the next run', async () => {
		await install();
		const file = path.join(folder, NUMPY);
		await fs.chmod(file, 0o640);
		await fs.appendFile(file, 'x');
		expect(await find()).toBeNull();
		expect(await install()).toEqual({ fetched: 1, kept: 3 });
		expect(await find()).not.toBeNull();
		await fs.rm(file);
		expect(await find()).toBeNull();
	});

	test('a lock file that asks for a path is refused', async () => {
		await fs.mkdir(folder, { recursive: true });
		const [numpy] = Object.values(lock.packages);
		for (const file_name of ['../x.whl', 'a/b.whl', 'http://x/y.whl', '.hidden']) {
			const bad = { info: {}, packages: { numpy: { ...numpy, file_name } } };
			await fs.writeFile(path.join(folder, LOCK_NAME), JSON.stringify(bad));
			await expect(readLock(folder)).rejects.toThrow(/is not a bare file name/);
			expect(await find()).toBeNull();
		}
	});
});

test('packages that are not whole or for another Pyodide are not offered, and that is logged', async () => {
	const lines: string[] = [];
	const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
	expect(await findPackages(root, log)).toBeNull();
	expect(lines).toEqual([]);
	await install();
	await fs.rename(folder, packagesFolder(root, '0.1.2'));
	expect(await findPackages(root, log)).toBeNull();
	expect(lines.join()).toContain('run \\"npm run sandbox:packages\\" again');
});

test('two at once both end well, with every file whole', async () => {
	const [one, two] = await Promise.all([install(), install()]);
	expect([one.fetched + one.kept, two.fetched + two.kept]).toEqual([4, 4]);
	expect(await namesIn(folder)).toEqual([...wheels.keys(), LOCK_NAME].sort());
	expect(await find()).not.toBeNull();
});

test('a package brings what it depends on, and only what this Pyodide pins is asked for', async () => {
	expect(Object.keys(closure(lock, ['pandas']).packages)).toEqual([
		'numpy',
		'pandas',
		'python-dateutil'
	]);
	expect(() => closure(closure(lock, ['numpy']), ['pandas'])).toThrow(/does not hold pandas/);
	const pinned = await readLock(findPyodide().folder);
	const names = OFFERED.filter((name) => name in pinned.packages);
	expect(names).toEqual(expect.arrayContaining(['numpy', 'pandas', 'matplotlib', 'scipy']));
	expect(Object.keys(closure(pinned, names).packages)).toContain('pillow');
});

test('the command installs below the storage root from the configured address', async () => {
	const pyodide = { ...findPyodide(), folder: path.join(root, 'pyodide') };
	await fs.mkdir(pyodide.folder);
	await fs.writeFile(path.join(pyodide.folder, LOCK_NAME), JSON.stringify(lock));
	const config = readConfig({
		STORAGE_ROOT: path.join(root, 'storage'),
		SANDBOX_PACKAGES_URL: server.base.slice(0, -1)
	});
	await installSandboxPackages((line) => said.push(line), { config, pyodide });
	expect(await findPackages(path.join(root, 'storage', 'packages'), silent)).not.toBeNull();
	expect(said.join('\n')).toMatch(/Fetching 4 packages[^]*4 fetched, 0 kept[^]*Restart the server/);
});

test('npm run sandbox:packages ends with status 1 and says what to do when it fails', async () => {
	const script = path.resolve('scripts/lib/fetch-packages.js');
	const env = { ...process.env, STORAGE_ROOT: root, SANDBOX_PACKAGES_URL: server.base };
	const failed: unknown = await promisify(execFile)(process.execPath, [script], { env }).catch(
		(error: unknown) => error
	);
	expect(failed).toMatchObject({
		code: 1,
		// The stand-in's numpy is not the one that the installed Pyodide pins.
		stderr: expect.stringMatching(/numpy.*is not the file[^]*SANDBOX_PACKAGES_URL/),
		stdout: expect.stringContaining(`from ${server.base}`)
	});
	expect(await namesIn(path.join(root, 'packages', `pyodide-${findPyodide().version}`))).toEqual(
		[]
	);
});

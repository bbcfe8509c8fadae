import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, link, mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { latest, newClient } from '../support/api';

/* R41: what the Dockerfile says, and that what it puts into the image is enough to do real work. */

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const dockerfile = await readFile(path.join(root, 'Dockerfile'), 'utf8');

interface Instruction {
	name: string;
	rest: string;
}

/** Instructions of each stage, continued lines joined. */
function stagesOf(text: string): Instruction[][] {
	const lines = text.replace(/\\\n/g, ' ').split('\n');
	const stages: Instruction[][] = [];
	for (const line of lines) {
		const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
		if (!name || rest === undefined) continue;
		if (name === 'FROM') stages.push([]);
		stages.at(-1)?.push({ name, rest });
	}
	return stages;
}

const stages = stagesOf(dockerfile);
const last = stages.at(-1) ?? [];
const rests = (name: string) => last.filter((i) => i.name === name).map((i) => i.rest);

describe('R41 the Dockerfile', () => {
	test('builds in stages and ends in one that is not root, with one volume and a health check', () => {
		expect(stages.length).toBeGreaterThanOrEqual(2);
		for (const stage of stages) expect(stage[0]?.rest).toMatch(/^node:24-[\w-]*slim/);
		const users = last.filter((i) => i.name === 'USER');
		expect(users).toHaveLength(1);
		expect(users[0]?.rest).not.toMatch(/^(root|0)\b/);
		const order = last.map((i) => i.name);
		expect(order.indexOf('USER')).toBeLessThan(order.indexOf('CMD'));
		expect(rests('VOLUME')).toEqual(['/app/storage']);
		expect(rests('ENV').join(' ')).toMatch(/HOST=0\.0\.0\.0.*STORAGE_ROOT=\/app\/storage/);
		expect(rests('HEALTHCHECK').join(' ')).toContain('/health');
		expect(rests('CMD').join()).toBe('["node", "server.js"]');
	});

	test('copies only what exists, and nothing of the storage', async () => {
		const hidden = (await readFile(path.join(root, '.dockerignore'), 'utf8')).split('\n');
		for (const name of ['node_modules', 'storage', '.git', '.env*', 'build'])
			expect(hidden).toContain(name);
		for (const { rest } of stages.flat().filter((i) => i.name === 'COPY')) {
			const parts = rest.split(/\s+/).filter((part) => !part.startsWith('--from='));
			const isFromStage = rest.includes('--from=');
			for (const source of parts.slice(0, -1))
				if (!isFromStage)
					expect([source, existsSync(path.join(root, source))]).toEqual([source, true]);
		}
		const named = [...dockerfile.matchAll(/^FROM \S+ AS (\w+)/gm)].map((m) => m[1]);
		for (const [, from] of dockerfile.matchAll(/--from=(\w+)/g)) expect(named).toContain(from);
	});
});

/** The packages that `npm ci --omit=dev` installs. */
async function productionPackages(): Promise<string[]> {
	const lock = JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8')) as {
		packages: Record<string, { dev?: boolean }>;
	};
	return Object.entries(lock.packages)
		.filter(([key, { dev }]) => key !== '' && !dev)
		.map(([key]) => key)
		.filter((key) => existsSync(path.join(root, key)));
}

/** Hard links where the file system can, copies where not: symbolic links would lead back here. */
async function place(from: string, to: string): Promise<void> {
	await mkdir(to, { recursive: true });
	for (const entry of await readdir(from, { withFileTypes: true })) {
		if (entry.name === 'node_modules') continue;
		const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
		if (entry.isDirectory()) await place(source, target);
		else if (entry.isFile()) await link(source, target).catch(() => cp(source, target));
	}
}

test('R41 what the last stage copies is enough: a whole run without any development package', async () => {
	const image = await mkdtemp(path.join(tmpdir(), 'raro-image-'));
	for (const name of await productionPackages())
		await place(path.join(root, name), path.join(image, name));
	expect(existsSync(path.join(image, 'node_modules', 'vite'))).toBe(false);
	for (const name of ['build', 'drizzle'])
		await place(path.join(root, name), path.join(image, name));
	for (const name of ['package.json', 'server.js'])
		await cp(path.join(root, name), path.join(image, name));

	const child = spawn(process.execPath, ['server.js'], {
		cwd: image,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', STORAGE_ROOT: `${image}/storage` }
	});
	let output = '';
	child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
	try {
		const url = await new Promise<string>((resolve, reject) => {
			createInterface({ input: child.stdout }).on('line', (line) => {
				output += `${line}\n`;
				const found = /Raro is ready: (http\S+)/.exec(line)?.[1];
				if (found) resolve(found);
			});
			child.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${output}`)));
		});
		const client = await newClient(url);
		const run = await client.start({
			id: 'data-profile',
			user_directive: 'revenue by shop',
			attached_files: ['coffee-shop-sales.csv']
		});
		const events = await client.events(run);
		expect([events.at(-1)?.data.status, output]).toEqual(['completed', expect.any(String)]);
		const names = [...latest(await client.artifacts(run)).keys()];
		expect(names).toEqual(expect.arrayContaining(['profile.json', 'report.md']));
		expect(names.some((name) => name.endsWith('.png'))).toBe(true);
		expect((await fetch(url, { headers: { accept: 'text/html' } })).status).toBe(200);
	} finally {
		child.kill('SIGKILL');
		if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
		await rm(image, { recursive: true, force: true });
	}
}, 180_000);

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
let project: string;
beforeEach(() => {
	folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'raro-install-')));
	project = path.join(folder, 'project');
	fs.mkdirSync(path.join(project, 'scripts', 'lib'), { recursive: true });
	const script = path.join('scripts', 'lib', 'project.js');
	fs.copyFileSync(path.join(import.meta.dirname, '..', script), path.join(project, script));
	fs.writeFileSync(path.join(project, 'package.json'), '{"type": "module"}');
	fs.writeFileSync(path.join(project, 'package-lock.json'), '{}');
	// Instead of npm: what it would do to the folder.
	const tools = path.join(folder, 'tools');
	fs.mkdirSync(tools);
	fs.writeFileSync(path.join(tools, 'npm'), '#!/bin/sh\nrm -rf node_modules/*\n', { mode: 0o755 });
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** Runs `install()` of a copy of this project. */
function install() {
	const code = "import { install } from './scripts/lib/project.js'; install();";
	return spawnSync(process.execPath, ['--input-type=module', '-e', code], {
		cwd: project,
		encoding: 'utf8',
		env: { PATH: [path.join(folder, 'tools'), '/usr/bin', '/bin'].join(path.delimiter) }
	});
}

test('packages are never installed through a link: what it leads to is somebody else’s', () => {
	const others = path.join(folder, 'others');
	fs.mkdirSync(path.join(others, 'kept'), { recursive: true });
	fs.symlinkSync(others, path.join(project, 'node_modules'));
	const { status, stderr } = install();
	expect(status).toBe(1);
	expect(stderr).toContain(`${path.join(project, 'node_modules')} is a link`);
	expect(fs.readdirSync(others)).toEqual(['kept']);
});

test('packages are installed into a folder of this project’s own', () => {
	fs.mkdirSync(path.join(project, 'node_modules', 'old'), { recursive: true });
	expect(install().status).toBe(0);
	expect(fs.readdirSync(path.join(project, 'node_modules'))).toEqual(['.raro-installed']);
});

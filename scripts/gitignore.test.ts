import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

test('R6 git sees the folders of the storage and nothing that is in them', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'raro-git-'));
	execFileSync('git', ['init', '-q'], { cwd: folder });
	copyFileSync(path.join(root, '.gitignore'), path.join(folder, '.gitignore'));
	const kept = ['', 'library', 'sessions', 'artifacts'].map((name) =>
		path.posix.join('storage', name, '.gitkeep')
	);
	const hidden = [
		'storage/raro.db',
		'storage/raro.db-wal',
		'storage/.lock',
		'storage/.tmp/x',
		'storage/.cache/sandbox/x',
		'storage/library/public/a.csv',
		'storage/library/some-client/a.csv',
		'storage/sessions/some-run/input/a.csv',
		'storage/artifacts/some-client/some-run/a.csv',
		'.env',
		'build/index.js'
	];
	for (const file of [...kept, ...hidden]) {
		mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
		writeFileSync(path.join(folder, file), '');
	}
	const seen = execFileSync('git', ['ls-files', '--others', '--exclude-standard'], { cwd: folder })
		.toString()
		.split('\n')
		.filter((file) => file.startsWith('storage/') || hidden.includes(file));
	expect(seen.sort()).toEqual([...kept].sort());
	rmSync(folder, { recursive: true });
	for (const file of kept) expect([file, existsSync(path.join(root, file))]).toEqual([file, true]);
	const ignored = spawnSync('git', ['check-ignore', '-q', ...kept], { cwd: root });
	expect(ignored.status).not.toBe(0);
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ToolName } from '../../domain/tool-names';
import type { Sandbox } from '../sandbox/sandbox';
import { createTools } from '../tools/registry';
import { call, openStage, request, say } from './testing';

/* The real tools on a real session into which somebody put what must never be followed. */

let stage: ReturnType<typeof openStage>;
beforeEach(() => {
	stage = openStage();
});
afterEach(() => stage.close());

const off: Sandbox = {
	kind: 'off',
	describe: () => ({ kind: 'off', detail: '' }),
	guide: () => null,
	run: () => Promise.reject(new Error('no code here')),
	release: () => Promise.resolve(),
	reap: () => Promise.resolve(),
	stop: () => Promise.resolve()
};

const NAMES = [
	'../secret.txt',
	'../../secret.txt',
	'/etc/passwd',
	'%2e%2e%2fsecret.txt',
	'..%2fsecret.txt',
	'..\\secret.txt',
	'input/../../../secret.txt',
	'secret.txt\0.csv',
	'.hidden',
	'..',
	'.',
	'',
	'to-secret.txt',
	'to-folder',
	'loop.txt',
	'fifo.txt',
	'device.txt',
	'zero.txt',
	'folder'
];

/** Puts links, a FIFO, a folder and, where the test may, a device into the session. */
function plant(root: string, run: string, secret: string): void {
	for (const side of ['input', 'output']) {
		const at = (name: string) => path.join(root, 'sessions', run, side, name);
		symlinkSync(secret, at('to-secret.txt'));
		symlinkSync(root, at('to-folder'));
		symlinkSync(at('loop.txt'), at('loop.txt'));
		symlinkSync('/dev/zero', at('zero.txt'));
		execFileSync('mkfifo', [at('fifo.txt')]);
		mkdirSync(at('folder'));
		writeFileSync(at('.hidden'), 'TOP-SECRET');
		if (process.getuid?.() === 0) execFileSync('mknod', [at('device.txt'), 'c', '1', '5']);
	}
}

test('R15 no tool follows a link, opens a FIFO or device or leaves the session, and the run goes on', async () => {
	const secret = path.join(stage.layout.root, 'secret.txt');
	writeFileSync(secret, 'TOP-SECRET');
	const real = createTools(off);
	const names: ToolName[] = ['list_files', 'read_file', 'write_file'];
	const tools = names.map((name) => {
		const found = real.get(name);
		if (!found) throw new Error(`no tool ${name}`);
		return found;
	});
	const results: { name: string; ok: boolean; result: unknown }[] = [];
	const engine = stage.openEngine({
		tools,
		config: { MAX_TOOL_ROUNDS: 5, TOOL_TIMEOUT_S: 20 },
		scripts: {
			a: async function* ({ turn, request: { messages } }) {
				const last = messages.at(-1);
				if (last?.role === 'tool')
					results.push(...last.results.map(({ name, ok, result }) => ({ name, ok, result })));
				if (turn === 1) {
					const [run] = (await engine.runs.list(client, {})).runs;
					plant(stage.layout.root, run?.run_id ?? '', secret);
					yield* call(
						['list_files', {}],
						...NAMES.map((filename): [string, unknown] => ['read_file', { filename }])
					);
				} else if (turn === 2)
					yield* call(
						...NAMES.filter((name) => !/^(to-|loop|fifo|device|zero|folder)/.test(name)).map(
							(filename): [string, unknown] => ['write_file', { filename, content: 'mine' }]
						)
					);
				else yield* say('I could not.');
			}
		}
	});
	const client = await stage.addClient();
	const asked = request({ a: [], b: ['a'] }, { tools: names });
	const run = await engine.start(client, asked);
	const state = await engine.over(client, run);

	expect(state.status).toBe('completed');
	const listed = results.find((result) => result.name === 'list_files');
	expect(listed).toMatchObject({ ok: true, result: { files: [] } });
	const read = results.filter((result) => result.name === 'read_file');
	expect(read).toHaveLength(NAMES.length);
	for (const [i, { ok, result }] of read.entries())
		expect([NAMES[i], ok, result]).toEqual([NAMES[i], false, { error: expect.any(String) }]);
	const written = results.filter((result) => result.name === 'write_file');
	for (const { ok, result } of written)
		if (ok)
			expect(result).toMatchObject({ filename: expect.stringMatching(/^[^/\\]*%2f[^/\\]*$/) });
	// "%2e%2e%2f…" is taken by its letters: one odd name in the session.
	expect(written.filter(({ ok }) => ok)).toHaveLength(1);
	expect(JSON.stringify(engine.log(run))).not.toContain('TOP-SECRET');

	// What was planted is refused by name, nothing of it is kept, nothing was written elsewhere.
	const kept = await engine.artifacts.get(client, run);
	expect(kept.artifacts.map((artifact) => artifact.filename).every((n) => n.includes('%2f'))).toBe(
		true
	);
	const refused = kept.refused.map((file) => file.filename);
	for (const name of ['to-secret.txt', 'to-folder', 'loop.txt', 'fifo.txt', 'zero.txt', 'folder'])
		expect(refused).toContain(name);
	expect(readdirSync(stage.layout.root)).not.toContain('mine');
	expect(execFileSync('cat', [secret]).toString()).toBe('TOP-SECRET');
}, 60_000);

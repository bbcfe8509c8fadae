import { describe, expect, test } from 'vitest';
import { DomainError } from '../../domain/errors';
import { parseFileName } from '../../domain/file-name';
import { mediaTypeOf } from '../../domain/media-type';
import { TOOL_NAMES } from '../../domain/tool-names';
import type { Sandbox, SandboxJob, SandboxResult } from '../sandbox/sandbox';
import { createTools } from './registry';
import type { SessionFile, SessionFiles, ToolContext } from './tool';

function sessionOf(contents: Record<string, string | Uint8Array>): SessionFiles {
	const bytesOf = (name: string) => {
		const content = contents[name] ?? '';
		return typeof content === 'string' ? new TextEncoder().encode(content) : content;
	};
	const files = Object.keys(contents).map((name): SessionFile => ({
		name: parseFileName(name),
		sizeBytes: bytesOf(name).length,
		contentType: mediaTypeOf(name),
		from: 'input',
		path: `/nowhere/${name}`
	}));
	return {
		list: async () => files,
		find: async (name) => files.find((f) => f.name === name) ?? null,
		read: async (file, maxBytes) => bytesOf(file.name).subarray(0, maxBytes)
	};
}

const finished: SandboxResult = {
	ok: true,
	stdout: 'hi\n',
	stderr: '',
	error: null,
	reason: null,
	files: [],
	refused: [],
	durationMs: 1
};

function sandboxThat(run: (job: SandboxJob) => Promise<SandboxResult>): Sandbox {
	return {
		kind: 'local',
		describe: () => ({ kind: 'local', detail: '' }),
		guide: (language) => `GUIDE ${language}`,
		run,
		release: async () => {},
		reap: async () => {},
		stop: async () => {}
	};
}

const idle = sandboxThat(async () => finished);

function call(
	name: string,
	input: unknown,
	contents: Record<string, string | Uint8Array> = {},
	options: { sandbox?: Sandbox; signal?: AbortSignal } = {}
) {
	const sandbox = options.sandbox ?? idle;
	const tool = createTools(sandbox).get(name);
	if (!tool) throw new Error(`no tool ${name}`);
	const context: ToolContext = {
		runId: 'run',
		session: sessionOf(contents),
		sandbox,
		signal: options.signal ?? new AbortController().signal,
		timeoutMs: 1000
	};
	return tool.run(tool.input.parse(input), context);
}

const ESCAPES = [
	'../x',
	'/etc/passwd',
	'..\\x',
	'a/b',
	'.hidden',
	'..',
	'',
	'a\0b',
	'x'.repeat(300),
	'a\nb'
];

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

test('R15 every tool name of the domain has a tool, and no other name has one', () => {
	const tools = createTools(idle);
	for (const name of TOOL_NAMES) expect(tools.get(name)?.name).toBe(name);
	expect(tools.get('constructor')).toBeNull();
	expect(tools.get('shell')).toBeNull();
});

test('tools refuse arguments they do not know', () => {
	for (const name of TOOL_NAMES)
		expect(createTools(idle).get(name)?.input.safeParse({ path: '/' }).success).toBe(false);
});

test('list_files tells name, size, type and where a file comes from', async () => {
	const { result } = await call('list_files', {}, { 'a.csv': 'x,y' });
	expect(result).toEqual({
		files: [{ name: 'a.csv', size_bytes: 3, content_type: 'text/csv', from: 'input' }]
	});
});

describe('read_file', () => {
	test('gives text', async () => {
		const { ok, result } = await call('read_file', { filename: 'ä.txt' }, { 'ä.txt': 'grün' });
		expect(ok).toBe(true);
		expect(result).toEqual({ content: 'grün', truncated: false });
	});

	test('R15 cuts text at 100 KB and says so, also inside a character', async () => {
		const { result } = await call(
			'read_file',
			{ filename: 'b.txt' },
			{ 'b.txt': 'x' + 'é'.repeat(60_000) }
		);
		expect(result).toMatchObject({
			truncated: true,
			note: expect.stringContaining('120001 bytes')
		});
		expect((result as { content: string }).content).toBe('x' + 'é'.repeat(51_199));
	});

	test('hands images over as media', async () => {
		const bytes = PNG;
		const { ok, media } = await call('read_file', { filename: 'a.png' }, { 'a.png': bytes });
		expect(ok).toBe(true);
		expect(media).toEqual([{ mimeType: 'image/png', bytes }]);
	});

	test('looks at the bytes, not at the name, of what it hands over', async () => {
		const files = { 'a.jpg': PNG, 'b.png': new Uint8Array([1, 2, 3]) };
		expect((await call('read_file', { filename: 'a.jpg' }, files)).media).toEqual([
			{ mimeType: 'image/png', bytes: PNG }
		]);
		expect(await call('read_file', { filename: 'b.png' }, files)).toMatchObject({
			ok: false,
			result: { error: expect.stringContaining('no image/png') }
		});
	});

	test('refuses other binary files and names the way out', async () => {
		const { ok, result } = await call(
			'read_file',
			{ filename: 'a.db' },
			{ 'a.db': new Uint8Array([1, 0, 2]) }
		);
		expect(ok).toBe(false);
		expect(result).toEqual({ error: expect.stringContaining('execute_python') });
	});

	test('reads old Windows text and says that it guessed', async () => {
		const { result } = await call(
			'read_file',
			{ filename: 'a.csv' },
			{ 'a.csv': new Uint8Array([0x63, 0xe9]) }
		);
		expect(result).toMatchObject({ content: 'cé', note: expect.stringContaining('Windows-1252') });
	});

	test('names what there is when a file is missing', async () => {
		const { ok, result } = await call('read_file', { filename: 'b.txt' }, { 'a.txt': '' });
		expect(ok).toBe(false);
		expect(result).toEqual({ error: 'There is no file "b.txt". There is: a.txt.' });
	});

	test.each(ESCAPES)('R15 refuses the name %j', async (filename) => {
		const { ok, result } = await call('read_file', { filename }, { 'a.txt': '' });
		expect(ok).toBe(false);
		expect(result).toEqual({ error: expect.any(String) });
	});
});

describe('write_file', () => {
	test('returns the bytes to write and their size', async () => {
		const outcome = await call('write_file', { filename: 'r.md', content: 'é' });
		expect(outcome.result).toEqual({ filename: 'r.md', size_bytes: 2 });
		expect(outcome.writes).toEqual([{ name: 'r.md', bytes: new TextEncoder().encode('é') }]);
	});

	test('refuses more than 10 MB', async () => {
		const outcome = await call('write_file', { filename: 'r.md', content: 'x'.repeat(11_000_000) });
		expect(outcome).toMatchObject({ ok: false, writes: [] });
	});

	test.each(ESCAPES)('R15 refuses the name %j', async (filename) => {
		expect(await call('write_file', { filename, content: '' })).toMatchObject({
			ok: false,
			writes: []
		});
	});
});

describe('execute_python and execute_javascript', () => {
	test('are described by the sandbox itself', () => {
		expect(createTools(idle).get('execute_python')?.description).toContain('GUIDE python');
		expect(createTools(idle).get('execute_javascript')?.description).toContain('GUIDE javascript');
	});

	test('show the session to the code and bring back what it made', async () => {
		let seen: SandboxJob | undefined;
		const sandbox = sandboxThat(async (job) => {
			seen = job;
			return {
				...finished,
				ok: false,
				reason: 'error',
				error: 'Boom',
				files: [{ name: 'o.csv', bytes: new Uint8Array([1]) }],
				refused: [{ name: 'sub', reason: 'it is a folder' }]
			};
		});
		const outcome = await call('execute_python', { code: 'x' }, { 'a.csv': 'abc' }, { sandbox });
		expect(seen).toMatchObject({ language: 'python', files: [{ name: 'a.csv', sizeBytes: 3 }] });
		expect(outcome).toMatchObject({
			ok: false,
			result: { ok: false, stdout: 'hi\n', error: 'Boom', reason: 'error', files: ['o.csv'] },
			writes: [{ name: 'o.csv' }],
			refused: [{ filename: 'sub', code: 'invalid', message: 'it is a folder' }]
		});
	});

	test('hand over what the code has drawn: three charts, none too big', async () => {
		const names = ['a.txt', '1.png', 'big.png', '2.png', '3.png', '4.png'];
		const sizes: Record<string, number> = { 'big.png': 2 * 1024 * 1024 };
		const files = names.map((name) => {
			const bytes = new Uint8Array((sizes[name] ?? 0) + PNG.length);
			if (name !== 'a.txt') bytes.set(PNG);
			return { name, bytes };
		});
		const sandbox = sandboxThat(async () => ({ ...finished, files }));
		const { media, writes } = await call('execute_python', { code: '' }, {}, { sandbox });
		expect(writes).toHaveLength(6);
		expect(media).toEqual(Array(3).fill({ mimeType: 'image/png', bytes: PNG }));
	});

	test('a sandbox that is off is a tool error, not the end of the run', async () => {
		const sandbox = sandboxThat(async () => {
			throw new DomainError('unavailable', 'Code tools are off.');
		});
		const outcome = await call('execute_javascript', { code: '' }, {}, { sandbox });
		expect(outcome).toMatchObject({ ok: false, result: { error: 'Code tools are off.' } });
	});

	test('R17 an abort is thrown, not answered', async () => {
		const stop = new AbortController();
		const sandbox = sandboxThat(async () => {
			stop.abort();
			return { ...finished, ok: false, reason: 'cancelled' };
		});
		await expect(
			call('execute_python', { code: '' }, {}, { sandbox, signal: stop.signal })
		).rejects.toThrow('aborted');
	});
});

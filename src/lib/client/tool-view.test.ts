import { describe, expect, it } from 'vitest';
import { codeNameOf, cutText, describeCall, describeResult } from './tool-view';

describe('describeCall', () => {
	it('names the file that is read', () => {
		const call = { tool: 'read_file', arguments: { filename: 'sales.csv' } };
		expect(describeCall(call)).toEqual({
			summary: 'sales.csv',
			code: null,
			fields: [{ name: 'filename', value: 'sales.csv' }]
		});
	});

	it('shows what is written as code and names the file', () => {
		const view = describeCall({
			tool: 'write_file',
			arguments: { filename: 'report.md', content: '# Report\n\nText' }
		});
		expect(view).toMatchObject({ summary: 'report.md', code: '# Report\n\nText' });
	});

	it('sums code up by its first comment', () => {
		const code = '\nimport csv\nfrom math import pi\n# Count the rows of each region\nprint(1)';
		const view = describeCall({ tool: 'execute_python', arguments: { code } });
		expect(view).toEqual({ summary: 'Count the rows of each region', code, fields: [] });
	});

	it('leaves the marks of a comment away', () => {
		const code = 'const a = 1;\n/** Reads in blocks. */\nread();';
		const view = describeCall({ tool: 'execute_javascript', arguments: { code } });
		expect(view.summary).toBe('Reads in blocks.');
	});

	it('sums code without a comment up by its first line that does something', () => {
		const code = 'import csv\n\nprint(len(open("a.csv").read()))';
		const view = describeCall({ tool: 'execute_python', arguments: { code } });
		expect(view.summary).toBe('print(len(open("a.csv").read()))');
	});

	it('keeps a summary to one short line without cutting a letter in two', () => {
		const { summary } = describeCall({
			tool: 'read_file',
			arguments: { filename: `${'😀'.repeat(200)}\n.csv` }
		});
		expect([...summary]).toHaveLength(80);
		expect(summary.isWellFormed()).toBe(true);
		expect(summary.endsWith('…')).toBe(true);
	});

	it.each([[null], [undefined], ['text'], [[1, 2]], [7]])('survives arguments %j', (value) => {
		expect(describeCall({ tool: 'list_files', arguments: value })).toEqual({
			summary: '',
			code: null,
			fields: []
		});
	});
});

describe('describeResult', () => {
	it('takes a code result apart', () => {
		const view = describeResult({
			ok: false,
			stdout: 'one\n',
			stderr: 'careful\n',
			error: 'Traceback …',
			reason: 'error',
			files: ['plot.png'],
			refused: [{ name: 'sub/', reason: 'a folder' }]
		});
		expect(view).toEqual({
			stdout: 'one\n',
			stderr: 'careful\n',
			error: 'Traceback …',
			content: '',
			truncated: false,
			files: ['plot.png'],
			refused: [{ name: 'sub/', reason: 'a folder' }],
			other: ''
		});
	});

	it('names the files of a listing and marks cut content', () => {
		expect(describeResult({ files: [{ name: 'a.csv', size_bytes: 3 }] }).files).toEqual(['a.csv']);
		expect(describeResult({ content: 'abc', truncated: true })).toMatchObject({
			content: 'abc',
			truncated: true
		});
	});

	it('gives the reason when there is no error text', () => {
		expect(describeResult({ ok: false, error: null, reason: 'timeout' }).error).toBe('timeout');
	});

	it('shows a shape it does not know as JSON, and nothing for no result', () => {
		expect(describeResult({ filename: 'a', size_bytes: 1 }).other).toBe(
			'{\n  "filename": "a",\n  "size_bytes": 1\n}'
		);
		expect(describeResult('plain').other).toBe('plain');
		expect(describeResult(null).other).toBe('');
	});
});

describe('cutText', () => {
	it('leaves a short text whole and a little more than short, too', () => {
		expect(cutText('short')).toBe('short');
		expect(cutText('x'.repeat(7000))).toHaveLength(7000);
	});

	it('cuts a long text at the end of a line where it can', () => {
		expect(cutText('x'.repeat(100_000))).toHaveLength(6000);
		const cut = cutText('0123456789\n'.repeat(10_000));
		expect(cut.split('\n')).toHaveLength(120);
		expect(cut.endsWith('9')).toBe(true);
		expect(cutText(`${'y'.repeat(5000)}\n${'x'.repeat(50_000)}`)).toBe('y'.repeat(5000));
	});
});

it('the language of code is told by the tool, else by the name of the file', () => {
	expect(codeNameOf('execute_python', [])).toBe('code.py');
	expect(codeNameOf('write_file', [{ name: 'filename', value: 'a.sql' }])).toBe('a.sql');
	expect(codeNameOf('list_files', [])).toBe('');
});

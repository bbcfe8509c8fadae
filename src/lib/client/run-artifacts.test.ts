import { expect, it } from 'vitest';
import { newestFirst } from './run-artifacts';

const artifact = (filename: string, version: number, generated_at: string) => ({
	filename,
	version,
	agent_id: 'a',
	generated_at,
	size_bytes: 1,
	content_type: 'text/plain',
	sha256: ''
});

it('R26 lists each version once, newest first, names in reading order', () => {
	const early = '2026-11-21T12:00:00Z';
	const late = '2026-11-21T12:00:01Z';
	const list = newestFirst([
		artifact('chart-10.png', 1, early),
		artifact('chart-2.png', 1, early),
		artifact('report.md', 2, late),
		artifact('report.md', 1, early),
		artifact('report.md', 2, late)
	]);
	expect(list.map((a) => `${a.filename} ${a.version}`)).toEqual([
		'report.md 2',
		'chart-2.png 1',
		'chart-10.png 1',
		'report.md 1'
	]);
});

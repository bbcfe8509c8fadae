import { expect, it } from 'vitest';
import { newestFirst } from './run-artifacts';

const artifact = (filename: string, version: number, agent_id: string, second: number) => ({
	filename,
	version,
	agent_id,
	generated_at: `2026-11-21T12:00:0${second}Z`,
	size_bytes: 1,
	content_type: 'text/plain',
	sha256: ''
});

it('R26 lists each version once, the newest agent first, its files in reading order', () => {
	const list = newestFirst([
		artifact('chart-10.png', 1, 'charts', 1),
		artifact('chart-2.png', 1, 'charts', 2),
		artifact('report.md', 2, 'writer', 3),
		artifact('report.md', 1, 'writer', 2),
		artifact('report.md', 2, 'writer', 3)
	]);
	expect(list.map((a) => `${a.filename} ${a.version}`)).toEqual([
		'report.md 2',
		'report.md 1',
		'chart-2.png 1',
		'chart-10.png 1'
	]);
});

import { describe, expect, it } from 'vitest';
import { md, num } from './programs/markdown.js';
import { qualityMarkdown } from './programs/quality-md.js';
import { reportMarkdown } from './programs/report-md.js';
import { summaryCsv } from './programs/summary-csv.js';
import { profileText, table } from './testing-profile';

const HOSTILE = '<img src=x onerror=alert(1)>|`x` [a](http://evil.example) ![b](//e) @me';
const lines = Array.from(
	{ length: 30 },
	(_, i) => `${i % 3 ? '"=cmd()|x"' : `"${HOSTILE}"`},${i},${i % 7}`
);
const profile = profileText(
	{ '=evil.csv': `"${HOSTILE}",=1+1,"@sum"\n${lines.join('\n')}\n` },
	HOSTILE
);

describe('what the analyst writes about hostile data', () => {
	it('cannot become markup, links or images in Markdown', () => {
		for (const text of [reportMarkdown(profile, []), qualityMarkdown(profile)]) {
			expect(text).not.toMatch(/<img/);
			expect(text).not.toMatch(/(?<!\\)\]\(http/);
			expect(text).not.toContain('http://evil');
			expect(text).not.toMatch(/(?<!\\)!\[b/);
			for (const row of text.split('\n').filter((line) => line.startsWith('| ')))
				expect(row.endsWith(' |')).toBe(true);
		}
	});

	it('cannot become a formula in summary.csv', () => {
		const cells = summaryCsv(profile)
			.split('\n')
			.slice(1)
			.flatMap((line) => line.split(','));
		for (const cell of cells) expect(cell).not.toMatch(/^"?[=@+]/);
	});

	it('keeps names to safe file names for charts', () => {
		for (const { file } of profile.charts) expect(file).toMatch(/^chart-\d\d-[a-z0-9-]+\.png$/);
	});
});

describe('the report', () => {
	const plain = profileText({
		'a.csv': `when,score\n${Array.from({ length: 40 }, (_, i) => `2024-01-${String((i % 28) + 1).padStart(2, '0')},${(i * 37) % 50}.5`).join('\n')}\n`
	});

	it('embeds only charts that exist and says how many do not', () => {
		const [first] = plain.charts;
		const report = reportMarkdown(plain, [first.file]);
		expect(report.match(/!\[/g)).toHaveLength(1);
		expect(report).toContain(`](${first.file})`);
		expect(report).toContain('could not be drawn here');
	});

	it('holds the numbers of the profile', () => {
		const { numeric } = table(plain).column_profiles[1];
		const report = reportMarkdown(plain, []);
		for (const key of ['mean', 'sd', 'median', 'max']) expect(report).toContain(num(numeric[key]));
		expect(report).toContain('What this did not look at');
	});
});

it('escapes and rounds', () => {
	expect(md('a|b_c')).toBe('a\\|b\\_c');
	expect([num(1234567), num(1234.56), num(0.012345), num(-2.5), num(null)]).toEqual([
		'1,234,567',
		'1,235',
		'0.0123',
		'-2.5',
		'–'
	]);
});

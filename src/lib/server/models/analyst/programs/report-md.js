// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { chartSentence } from './findings.js';
import { bytes, md, mdTable, num, plural, sampleNote } from './markdown.js';
import { allIssues, countBySeverity } from './quality-md.js';
import { columnsSection, groupTable, proseSection, shared } from './report-tables.js';

const DELIMITERS = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'vertical bar' };

/** report.md. `present` names the files that are there, so that no missing chart is embedded. */
export function reportMarkdown(profile, present) {
	const tables = profile.files.filter((f) => f.kind === 'table');
	const texts = profile.files.filter((f) => f.kind === 'text');
	const out = [`# ${title(profile)}`, '', ...opening(profile, tables, texts), ''];
	out.push('## Findings', '', ...findings(profile, tables, present));
	for (const text of texts) out.push(...proseSection(text), '');
	if (profile.shared_columns.length > 0) out.push(...shared(profile), '');
	for (const table of tables) out.push(...columnsSection(table, tables.length > 1), '');
	out.push(
		...quality(profile, present),
		'',
		...method(profile, tables),
		'',
		...notLookedAt(profile, tables, present),
		''
	);
	out.push(
		'---',
		'',
		'*Written by the built-in analyst. It profiles data with fixed rules and does not read the directive as a language model would. Every number above was computed from the attached files.*',
		''
	);
	return out.join('\n');
}

function title(profile) {
	const names = profile.files.map((f) => f.file);
	return names.length === 1
		? `Data profile: ${md(names[0], 120)}`
		: `Data profile of ${names.length} files`;
}

function opening(profile, tables, texts) {
	const lines = [];
	if (profile.directive.trim() !== '') {
		const named = [...new Set(tables.flatMap((t) => t.named_in_directive))];
		lines.push(`**Asked:** ${md(profile.directive, 600)}`, '');
		lines.push(
			named.length > 0
				? `The directive names these columns, so they come first: ${named.map((n) => md(n)).join(', ')}.`
				: 'No column name was recognised in the directive, so this is a general profile.',
			''
		);
	}
	for (const t of tables) {
		const dates = t.column_profiles.find((c) => c.type === 'date');
		const period = dates ? ` It covers ${dates.first} to ${dates.last} (${md(dates.name)}).` : '';
		lines.push(
			`**${md(t.file, 120)}** has ${plural(t.rows, 'row')}${t.sampled ? ' in the sample' : ''} and ${plural(t.columns, 'column')} (${t.format}, ${bytes(t.size_bytes)}).${period}${t.sampled ? ` ${sampleNote(t)}` : ''}`,
			''
		);
	}
	for (const t of texts)
		lines.push(
			`**${md(t.file, 120)}** is ${t.format} with ${plural(t.words, 'word')} (${bytes(t.size_bytes)}).`,
			''
		);
	for (const f of profile.files.filter((x) => x.kind === 'other'))
		lines.push(`**${md(f.file, 120)}** was not looked at: ${md(f.why, 200)}.`, '');
	lines.pop();
	return lines;
}

function findings(profile, tables, present) {
	const lines = [];
	const drawn = new Set();
	let number = 0;
	for (const chart of profile.charts) {
		const table = tables.find((t) => t.file === chart.source);
		const sentence = chartSentence(chart, table);
		if (drawn.has(sentence)) continue;
		drawn.add(sentence);
		number++;
		lines.push(`### ${number}. ${md(chart.title, 110)}`, '', sentence, '');
		if (present.includes(chart.file)) lines.push(`![${md(chart.title, 110)}](${chart.file})`, '');
		if (chart.kind === 'boxes')
			lines.push(
				groupTable(
					table.groups.find(
						(g) => g.category === chart.columns[0] && g.measure === chart.columns[1]
					)
				),
				''
			);
	}
	if (number === 0)
		lines.push(
			tables.length === 0
				? 'No table was attached, so there is nothing to measure.'
				: 'There are too few rows or too little variation for a finding.',
			''
		);
	return lines;
}

function quality(profile, present) {
	const issues = allIssues(profile);
	const counts = countBySeverity(issues);
	const lines = ['## Data quality', ''];
	if (issues.length === 0) lines.push('The checks found nothing.');
	else {
		lines.push(
			`${plural(issues.length, 'issue')}: ${counts.high} high, ${counts.medium} medium, ${counts.low} low. The first ones:`,
			''
		);
		const many = profile.files.length > 1;
		lines.push(
			mdTable(
				['severity', 'where', 'what', 'count'],
				issues
					.slice(0, 8)
					.map((i) => [
						i.severity,
						`${many ? `${md(i.file, 50)}: ` : ''}${i.column === null ? 'whole table' : md(i.column)}`,
						i.code.replaceAll('_', ' '),
						num(i.count)
					]),
				[3]
			)
		);
	}
	if (present.includes('quality.md'))
		lines.push('', 'Details, examples and advice: [quality.md](quality.md).');
	return lines;
}

function method(profile, tables) {
	const lines = ['## Method', ''];
	lines.push(
		'- Types come from the values: a column is a number or a date when at least 90 % of a sample of its values can be read as one.'
	);
	lines.push(
		'- Missing means an empty cell, NA, N/A, NaN, null, -, -- or ?. Missing values are left out, never filled in.'
	);
	lines.push(
		'- Standard deviation with n − 1; quartiles by linear interpolation; outliers by Tukey’s fences, 1.5 interquartile ranges beyond the quartiles.'
	);
	lines.push(
		'- Pearson’s r over the rows where both columns have a value. Trends are least-squares lines through period means.'
	);
	for (const t of tables) {
		const parts = [
			`${t.encoding}${t.bom ? ' with byte-order mark' : ''}${t.encoding_guessed ? ' (guessed)' : ''}`
		];
		if (t.delimiter)
			parts.push(
				`delimiter: ${DELIMITERS[t.delimiter]}`,
				t.header ? 'first row is the header' : 'no header'
			);
		lines.push(`- ${md(t.file, 120)}: ${t.format}, ${parts.join(', ')}.`);
		for (const a of t.assumptions) lines.push(`  - Assumed: ${md(a, 300)}.`);
		if (t.statistics_from_every_nth_row > 1)
			lines.push(
				`  - Counts, means and extremes are of all rows; quartiles, outliers, correlations and charts are of every ${t.statistics_from_every_nth_row}th row, because the table is large.`
			);
		if ((t.correlations?.every_nth_row ?? 1) > 1)
			lines.push(`  - Correlations use every ${t.correlations.every_nth_row}th of these rows.`);
		if (t.sampled) lines.push(`  - ${sampleNote(t)}`);
	}
	return lines;
}

function notLookedAt(profile, tables, present) {
	const lines = ['## What this did not look at', ''];
	lines.push('- Causes. Columns that move together were reported; why they do was not examined.');
	lines.push('- What the directive means beyond the column names that occur in it.');
	lines.push(
		'- Whether the values are true, seasonally adjusted or comparable, and statistical significance: no test was run.'
	);
	if (tables.some((t) => t.column_profiles.some((c) => c.type === 'text')))
		lines.push('- The meaning of free text. It was only counted.');
	if (tables.length > 1) lines.push('- Joins between the files.');
	const undrawn = profile.charts.filter((c) => !present.includes(c.file)).length;
	if (undrawn > 0)
		lines.push(
			`- ${plural(undrawn, 'planned chart')} could not be drawn here; the numbers are above and in profile.json.`
		);
	for (const t of tables)
		if ((t.correlations?.columns_left_out ?? 0) > 0)
			lines.push(
				`- ${md(t.file, 120)}: correlations of ${plural(t.correlations.columns_left_out, 'further numeric column')}.`
			);
	for (const f of profile.files.filter((x) => x.kind === 'other'))
		lines.push(`- ${md(f.file, 120)}: ${md(f.why, 200)}.`);
	return lines;
}

// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { chartSentence } from './findings.js';
import { bytes, md, mdTable, num, pct, plural, sampleNote } from './markdown.js';
import { allIssues, countBySeverity } from './quality-md.js';

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

function groupTable(g) {
	const rows = g.groups
		.slice(0, 12)
		.map((x) => [
			md(x.value, 40),
			num(x.n),
			num(x.mean),
			num(x.box.q1),
			num(x.box.median),
			num(x.box.q3)
		]);
	return mdTable([md(g.category), 'n', 'mean', 'q1', 'median', 'q3'], rows, [1, 2, 3, 4, 5]);
}

function proseSection(text) {
	const lines = [`## ${md(text.file, 120)}`, ''];
	const facts = [
		['words', text.words],
		['distinct terms', text.distinct_terms],
		['sentences', text.sentences],
		['lines', text.lines],
		['blank lines', text.blank_lines],
		['longest line (characters)', text.longest]
	];
	if (text.format === 'Markdown')
		facts.push(
			['headings', text.heading_count],
			['links', text.links],
			['images', text.images],
			['code blocks', text.code],
			['tables', text.tables],
			['list items', text.items]
		);
	lines.push(
		mdTable(
			['measure', 'count'],
			facts.map(([name, n]) => [name, num(n)]),
			[1]
		),
		''
	);
	if (text.top_terms.length > 0)
		lines.push(
			`Most frequent terms: ${text.top_terms.map((t) => `${md(t.term, 40)} (${num(t.count)})`).join(', ')}.`,
			''
		);
	if (text.headings.length > 0) {
		lines.push('Outline:', '');
		for (const h of text.headings) lines.push(`${'  '.repeat(h.level - 1)}- ${md(h.text, 120)}`);
	}
	return lines;
}

function shared(profile) {
	const rows = profile.shared_columns.flatMap((list) =>
		list.map((c) => [
			md(c.name),
			md(c.file, 60),
			c.type,
			num(c.rows),
			num(c.missing),
			num(c.distinct),
			edge(c.min),
			edge(c.max),
			num(c.mean)
		])
	);
	return [
		'## Columns that files share',
		'',
		mdTable(
			['column', 'file', 'type', 'rows', 'missing', 'distinct', 'min', 'max', 'mean'],
			rows,
			[3, 4, 5, 6, 7, 8]
		),
		'',
		'Same name does not prove same meaning. The files were not joined.'
	];
}

const edge = (value) =>
	typeof value === 'number' ? num(value) : value === null ? '–' : md(value, 25);

function columnsSection(table, many) {
	const lines = [many ? `## The columns of ${md(table.file, 120)}` : '## The columns', ''];
	const order = [...table.column_profiles].sort(
		(a, b) => Number(b.named_in_directive) - Number(a.named_in_directive) || a.position - b.position
	);
	const shown = order.slice(0, 60);
	const measured = shown.filter((c) => c.numeric && c.type !== 'identifier' && c.role !== 'year');
	lines.push(
		mdTable(
			['column', 'type', 'missing', 'distinct', 'from', 'to or most frequent'],
			shown.map((c) => [
				md(c.name),
				kindName(c),
				c.missing > 0 ? `${num(c.missing)} (${pct(c.missing_share)})` : '0',
				`${c.distinct_exact === false ? '≈ ' : ''}${num(c.distinct)}`,
				...range(c)
			]),
			[2, 3]
		),
		''
	);
	if (order.length > shown.length)
		lines.push(
			`${plural(order.length - shown.length, 'further column')} ${order.length - shown.length === 1 ? 'is' : 'are'} in summary.csv.`,
			''
		);
	if (measured.length > 0)
		lines.push(
			mdTable(
				['numeric column', 'n', 'mean', 'sd', 'min', 'q1', 'median', 'q3', 'max', 'outliers'],
				measured.map((c) => [
					md(c.name),
					num(c.count),
					...['mean', 'sd', 'min', 'q1', 'median', 'q3', 'max'].map((k) => num(c.numeric[k])),
					num(c.numeric.outliers.count)
				]),
				[1, 2, 3, 4, 5, 6, 7, 8, 9]
			),
			''
		);
	const pairs = (table.correlations?.strongest ?? []).slice(0, 6);
	if (pairs.length > 0)
		lines.push(
			'Strongest correlations (Pearson):',
			'',
			mdTable(
				['a', 'b', 'r', 'n'],
				pairs.map((p) => [md(p.a), md(p.b), p.r.toFixed(3), num(p.n)]),
				[2, 3]
			)
		);
	return lines;
}

function kindName(c) {
	return `${c.role === 'year' ? 'year' : c.type}${c.unit ? ` (${md(c.unit, 8)})` : ''}`;
}

function range(c) {
	if (c.first) return [c.first, c.last];
	if (c.numeric)
		return c.type === 'identifier'
			? [num(c.numeric.min), num(c.numeric.max)]
			: [num(c.numeric.min), num(c.numeric.max)];
	const top = c.top?.[0];
	if (!top) return ['–', '–'];
	return ['–', top.count === 1 ? 'no value repeats' : `${md(top.value, 40)} (${num(top.count)})`];
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
				`delimiter ${t.delimiter === '\t' ? 'tab' : md(t.delimiter)}`,
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

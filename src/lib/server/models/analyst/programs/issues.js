// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.

const ORDER = { high: 0, medium: 1, low: 2 };

/** What is wrong or doubtful in a table, worst first. Each with a count, examples, and what to do. */
export function findIssues(table) {
	const issues = [];
	const add = (severity, code, column, count, message, advice, examples = []) =>
		issues.push({ severity, code, column, count, message, advice, examples });
	const { rows, ragged, duplicates, broken_records: broken } = table;
	const part = (n) => (rows > 0 ? n / rows : 0);
	const level = (share, high, medium) =>
		share >= high ? 'high' : share >= medium ? 'medium' : 'low';

	if (rows === 0)
		add('high', 'no_rows', null, 0, 'There is a header but no row.', 'Export the file again.');
	const uneven = ragged.short + ragged.long;
	if (uneven > 0)
		add(
			level(part(uneven), 0.01, 0),
			'ragged_rows',
			null,
			uneven,
			`${ragged.short} row(s) have fewer and ${ragged.long} have more cells than the header. Absent cells were counted as missing, extra cells were ignored.`,
			'Look for delimiters or line breaks inside cells that are not quoted.',
			ragged.examples.map((e) => ({ row: e.row, value: `${e.cells} cells` }))
		);
	if (broken?.count > 0)
		add(
			'high',
			'broken_records',
			null,
			broken.count,
			'Lines that are not valid JSON were left out.',
			'Repair or remove these lines.',
			broken.examples.map((e) => ({ row: e.line, value: e.text }))
		);
	if (broken?.quote)
		add(
			'high',
			'open_quote',
			null,
			1,
			'A quotation mark is opened and not closed for megabytes; quotes after it were read as text.',
			'Repair the quote.'
		);
	if (duplicates.rows > 0)
		add(
			level(part(duplicates.rows), 0.05, 0.001),
			'duplicate_rows',
			null,
			duplicates.rows,
			'Rows repeat an earlier row exactly. They were counted like any other row.',
			'Decide whether these are true repeats; if not, remove them before adding anything up.',
			duplicates.examples.map((e) => ({ row: e.row, value: `same as row ${e.same_as}` }))
		);
	for (const name of table.duplicate_names)
		add(
			'medium',
			'duplicate_header',
			name,
			1,
			'Two columns have this name; the later ones got a number.',
			'Give each column its own name.'
		);
	if (table.columns_cut > 0)
		add(
			'high',
			'too_many_columns',
			null,
			table.columns_cut,
			'Columns beyond the 2,000th were not looked at.',
			'Split the file.'
		);
	if (table.late_keys.length > 0)
		add(
			'medium',
			'late_keys',
			null,
			table.late_keys.length,
			'Keys that first appear late in the file were not profiled.',
			'Give every record the same keys.',
			table.late_keys.slice(0, 3).map((value) => ({ row: null, value }))
		);
	if (table.encoding_guessed)
		add(
			'low',
			'encoding',
			null,
			1,
			`The file does not say its encoding and is no valid UTF-8; it was read as ${table.encoding}.`,
			'Save it as UTF-8.'
		);
	for (const c of table.column_profiles) columnIssues(c, rows, add, level);
	return issues.sort(
		(a, b) =>
			ORDER[a.severity] - ORDER[b.severity] || b.count - a.count || (a.code < b.code ? -1 : 1)
	);
}

function columnIssues(c, rows, add, level) {
	if (c.type === 'empty') {
		if (rows > 0)
			add(
				'medium',
				'empty_column',
				c.name,
				rows,
				'The column holds no value at all.',
				'Leave it out, or find out why it is empty.'
			);
		return;
	}
	if (c.missing > 0) {
		const how = c.missing_written_as.map((m) => `${m.value} × ${m.count}`).join(', ');
		add(
			level(c.missing_share, 0.3, 0.05),
			'missing_values',
			c.name,
			c.missing,
			`Values are missing (written as: ${how}).`,
			'Find out whether they are missing at random before comparing groups.'
		);
		if (c.missing_written_as.length > 1)
			add(
				'low',
				'missing_markers',
				c.name,
				c.missing,
				'Missing values are written in more than one way.',
				'Use one.'
			);
	}
	if (c.does_not_fit)
		add(
			level(c.does_not_fit.count / rows, 0.01, 0),
			'does_not_fit',
			c.name,
			c.does_not_fit.count,
			`Values cannot be read as ${c.type === 'date' ? 'a date' : 'a number'}, unlike the rest of the column. They are left out of its statistics.`,
			'Correct them at the source.',
			c.does_not_fit.examples
		);
	if (c.mixed_numbers)
		add(
			'high',
			'mixed_types',
			c.name,
			Math.round(c.mixed_numbers * c.count),
			`About ${Math.round(c.mixed_numbers * 100)} % of the values are numbers and the others are text; the column was treated as text.`,
			'Split it into two columns or clean it.'
		);
	if (c.distinct === 1 && c.count > 1)
		add(
			'low',
			'constant',
			c.name,
			c.count,
			'Every value is the same.',
			'It tells nothing; leave it out of an analysis.'
		);
	if (c.type === 'identifier' && c.distinct < c.count && c.distinct_exact)
		add(
			'medium',
			'repeated_identifier',
			c.name,
			c.count - c.distinct,
			'The column looks like an identifier, but values repeat.',
			'Check whether rows were joined or entered twice.'
		);
	if (c.padded_with_spaces)
		add(
			'low',
			'padding',
			c.name,
			c.padded_with_spaces,
			'Values begin or end with spaces; these were ignored.',
			'Trim them.'
		);
	const odd = (c.top ?? []).filter((v) => !/[\p{L}\p{N}]/u.test(v.value));
	if (odd.length > 0 && c.type !== 'text')
		add(
			'medium',
			'odd_value',
			c.name,
			odd.reduce((n, v) => n + v.count, 0),
			'Values without a letter or digit may stand for "missing"; they were counted as values.',
			'Leave the cell empty if it means missing.',
			odd.slice(0, 3).map((v) => ({ row: null, value: `${v.value} × ${v.count}` }))
		);
	for (const group of c.case_variants ?? [])
		add(
			'medium',
			'spelling',
			c.name,
			group.slice(1).reduce((n, v) => n + v.count, 0),
			'Values differ only in case, spaces or hyphens.',
			'Write them in one way.',
			group.map((v) => ({ row: null, value: `${v.value} × ${v.count}` }))
		);
	if (c.assumption && /mixed up|could not be told apart|several units/.test(c.assumption))
		add(
			/mixed up|several/.test(c.assumption) ? 'high' : 'medium',
			'ambiguous_format',
			c.name,
			c.count,
			`${c.assumption[0].toUpperCase()}${c.assumption.slice(1)}.`,
			'Write dates as 2025-03-01, and one unit a column.'
		);
	const outliers = c.numeric?.outliers;
	if (outliers && outliers.count > 0 && c.type !== 'identifier' && c.distinct > 5)
		add(
			outliers.count / rows >= 0.05 ? 'medium' : 'low',
			'outliers',
			c.name,
			outliers.count,
			`Values lie outside Tukey's fences (${outliers.below} below, ${outliers.above} above). They were kept. In a skewed column this is normal.`,
			'Check whether the extreme ones are errors.',
			outliers.examples
		);
}

// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { isAdditive } from './findings.js';
import { md, mdTable, num, pct, plural } from './markdown.js';

export function groupTable(g) {
	const total = isAdditive(g);
	const rows = g.groups
		.slice(0, 12)
		.map((x) => [
			md(x.value, 40),
			num(x.n),
			num(x.mean),
			num(x.box.q1),
			num(x.box.median),
			num(x.box.q3),
			...(total ? [num(x.mean * x.n)] : [])
		]);
	const head = [md(g.category), 'n', 'mean', 'q1', 'median', 'q3', ...(total ? ['total'] : [])];
	return mdTable(head, rows, [1, 2, 3, 4, 5, 6]);
}

export function proseSection(text) {
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

export function shared(profile) {
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

export function columnsSection(table, many) {
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

// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.

const MOST_CHARTS = 8;

/** Which charts to draw, best first, with all they need. At most eight; an equal share for each file. */
export function planCharts(tables) {
	const perFile = Math.max(2, Math.floor(MOST_CHARTS / Math.max(1, tables.length)));
	const chosen = tables
		.flatMap((table) =>
			candidates(table)
				.sort((a, b) => b.weight - a.weight)
				.slice(0, perFile)
		)
		.slice(0, MOST_CHARTS);
	const many = tables.length > 1;
	return chosen.map(({ weight: _, ...chart }, i) => ({
		file: `chart-${String(i + 1).padStart(2, '0')}-${slug(chart.slug)}.png`,
		source: chart.source,
		...chart,
		title: many ? `${chart.title} (${clip(chart.source, 30)})` : chart.title
	}));
}

function slug(text) {
	const ascii = text
		.normalize('NFKD')
		.replace(/[\u0300-\u036f]/g, '')
		.replace(/ß/g, 'ss');
	return (
		ascii
			.toLowerCase()
			.replace(/[^a-z0-9]+/g, '-')
			.replace(/^-+|-+$/g, '')
			.slice(0, 60) || 'chart'
	);
}

export function clip(text, length) {
	const one = String(text).replace(/\s+/g, ' ').trim();
	return one.length > length ? one.slice(0, length - 1) + '…' : one;
}

function candidates(table) {
	if (table.rows < 2) return [];
	const list = [];
	const { column_profiles: columns, sampled, file } = table;
	const from = sampled ? ', from a sample' : '';
	const named = (...names) => names.filter((n) => table.named_in_directive.includes(n)).length;
	const add = (weight, kind, title, slugText, rest) =>
		list.push({
			weight,
			kind,
			title: clip(title, 80) + from,
			slug: slugText,
			source: file,
			...rest
		});
	const label = (c) => (c.unit ? `${clip(c.name, 40)} (${c.unit})` : clip(c.name, 40));
	const byName = new Map(columns.map((c) => [c.name, c]));
	const measures = columns
		.filter((c) => ['number', 'integer'].includes(c.type) && c.role !== 'year' && c.distinct > 2)
		.sort((a, b) => Number(b.distinct > 10) - Number(a.distinct > 10));

	timeCharts(table, byName, add, named, label);
	let rank = 0;
	for (const c of [...measures].sort((a, b) => named(b.name) - named(a.name))) {
		if (rank >= 4) break;
		add(
			70 - rank * 12 + 25 * named(c.name),
			'histogram',
			`Distribution of ${c.name}`,
			`distribution-of-${c.name}`,
			{
				columns: [c.name],
				x_label: label(c),
				y_label: 'rows',
				...c.numeric.histogram,
				mean: c.numeric.mean,
				median: c.numeric.median,
				whole: c.type === 'integer'
			}
		);
		rank++;
	}
	rank = 0;
	for (const c of columns
		.filter((x) => x.type === 'category' && x.distinct >= 2 && x.top[0].count > 1)
		.sort((a, b) => named(b.name) - named(a.name))) {
		if (rank >= 2) break;
		const shown = c.top.slice(0, 12);
		const rest = c.count - shown.reduce((n, v) => n + v.count, 0);
		add(
			60 - rank * 15 + 25 * named(c.name),
			'bars',
			`${c.distinct > shown.length ? 'Most frequent values' : 'Values'} of ${c.name}`,
			`values-of-${c.name}`,
			{
				columns: [c.name],
				x_label: 'rows',
				y_label: '',
				labels: shown.map((v) => clip(v.value, 28)),
				values: shown.map((v) => v.count),
				note: rest > 0 ? `${rest} row(s) hold other values` : null
			}
		);
		rank++;
	}
	const group = table.groups.find(
		(g) => g.groups.length <= 12 && (g.share_between >= 0.02 || named(g.category, g.measure) > 0)
	);
	if (group) {
		add(
			66 + 20 * named(group.category, group.measure),
			'boxes',
			`${group.measure} by ${group.category}`,
			`${group.measure}-by-${group.category}`,
			{
				columns: [group.category, group.measure],
				x_label: clip(group.category, 40),
				y_label: label(byName.get(group.measure)),
				groups: group.groups.map((g) => ({ label: clip(g.value, 18), n: g.n, ...g.box }))
			}
		);
	}
	const { scatter, correlations } = table;
	if (scatter && scatter.points.length >= 5) {
		add(
			58 + 20 * named(scatter.x, scatter.y),
			'scatter',
			`${scatter.y} against ${scatter.x} (r = ${scatter.r.toFixed(2)}, n = ${scatter.n})`,
			`${scatter.y}-against-${scatter.x}`,
			{
				columns: [scatter.x, scatter.y],
				x_label: label(byName.get(scatter.x)),
				y_label: label(byName.get(scatter.y)),
				points: scatter.points,
				note:
					scatter.points.length < scatter.of
						? `${scatter.points.length} of ${scatter.of} rows drawn`
						: null
			}
		);
	}
	if (correlations && correlations.columns.length >= 4) {
		const k = Math.min(14, correlations.columns.length);
		add(52, 'heat', 'Correlation of the numeric columns', 'correlations', {
			columns: correlations.columns,
			labels: correlations.columns.slice(0, k).map((n) => clip(n, 24)),
			matrix: correlations.matrix.slice(0, k).map((r) => r.slice(0, k))
		});
	}
	const gaps = columns
		.filter((c) => c.missing > 0)
		.sort((a, b) => b.missing - a.missing)
		.slice(0, 15);
	if (gaps.length >= 2 || (gaps[0]?.missing_share ?? 0) > 0.05) {
		add(40, 'bars', 'Missing values by column', 'missing-values', {
			columns: gaps.map((c) => c.name),
			x_label: 'share of rows (%)',
			y_label: '',
			labels: gaps.map((c) => clip(c.name, 28)),
			values: gaps.map((c) => Number((c.missing_share * 100).toFixed(2))),
			note: null
		});
	}
	return list;
}

function timeCharts(table, byName, add, named, label) {
	const { time, panel } = table;
	if (panel) {
		add(
			95,
			'lines',
			`${panel.measure} by ${panel.period}, for each ${panel.category}`,
			`${panel.measure}-over-time-by-${panel.category}`,
			{
				columns: [panel.measure, panel.category],
				x_label: `${clip(panel.date_column, 30)} (by ${panel.period})`,
				y_label: `mean of ${label(byName.get(panel.measure))}`,
				series: panel.series.map((s) => ({
					label: clip(s.value, 18),
					points: s.points.map((p) => [p.period, p.at, p.mean])
				}))
			}
		);
	}
	if (!time) return;
	let rank = 0;
	for (const trend of time.trends) {
		if (rank >= 3 || (panel && trend.measure === panel.measure)) continue;
		if (trend.points.length < 3) continue;
		add(
			80 - rank * 12 + 25 * named(trend.measure),
			'lines',
			`Mean of ${trend.measure} by ${time.period}`,
			`${trend.measure}-by-${time.period}`,
			{
				columns: [trend.measure],
				x_label: `${clip(time.date_column, 30)} (by ${time.period})`,
				y_label: `mean of ${label(byName.get(trend.measure))}`,
				series: [
					{ label: trend.measure, points: trend.points.map((p) => [p.period, p.at, p.mean]) }
				]
			}
		);
		rank++;
	}
	if (time.trends.length === 0 && time.rows_by_period.length >= 3) {
		add(70, 'lines', `Rows by ${time.period}`, `rows-by-${time.period}`, {
			columns: [],
			x_label: `${clip(time.date_column, 30)} (by ${time.period})`,
			y_label: 'rows',
			series: [{ label: 'rows', points: time.rows_by_period.map((p, i) => [p.period, i, p.n]) }]
		});
	}
}

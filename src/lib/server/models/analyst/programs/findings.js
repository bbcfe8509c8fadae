// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { md, num, pct, plural } from './markdown.js';

/** What a chart shows, in one or two sentences with their numbers. */
export function chartSentence(chart, table) {
	const column = (name) => table.column_profiles.find((c) => c.name === name);
	const [first] = chart.columns;
	if (chart.kind === 'histogram') return distribution(column(first));
	if (chart.kind === 'boxes')
		return groups(
			table.groups.find((g) => g.category === chart.columns[0] && g.measure === chart.columns[1])
		);
	if (chart.kind === 'scatter') return pair(table.scatter);
	if (chart.kind === 'heat') return strongest(table.correlations);
	if (chart.kind === 'lines' && table.panel && chart.series.length > 1) return panel(table.panel);
	if (chart.kind === 'lines' && first === undefined) return rowsOverTime(table.time);
	if (chart.kind === 'lines') return trend(table.time, first);
	if (chart.slug === 'missing-values') return gaps(table);
	return topValues(column(first), table);
}

function distribution(c) {
	const n = c.numeric;
	let text = `**${md(c.name)}** lies between ${num(n.min)} and ${num(n.max)}; half of the ${plural(c.count, 'value')} lie between ${num(n.q1)} and ${num(n.q3)}. The median is ${num(n.median)}, the mean ${num(n.mean)}`;
	const gap = n.sd > 0 ? (n.mean - n.median) / n.sd : 0;
	text +=
		Math.abs(gap) > 0.2
			? `: the ${gap > 0 ? 'high' : 'low'} values pull the mean ${gap > 0 ? 'up' : 'down'}.`
			: '.';
	if (n.zeros > c.count * 0.2) text += ` ${pct(n.zeros / c.count)} of the values are exactly 0.`;
	if (n.outliers.count > 0)
		text += ` ${plural(n.outliers.count, 'value')} (${pct(n.outliers.count / c.count)}) ${n.outliers.count === 1 ? 'lies' : 'lie'} outside Tukey’s fences (${num(n.outliers.low_fence)} to ${num(n.outliers.high_fence)}).`;
	return text;
}

function groups(g) {
	const top = g.groups[0];
	const low = g.groups.at(-1);
	return `The mean of **${md(g.measure)}** is highest where **${md(g.category)}** is ${md(top.value)} (${num(top.mean)}, n = ${num(top.n)}) and lowest where it is ${md(low.value)} (${num(low.mean)}, n = ${num(low.n)}). The groups account for ${pct(g.share_between)} of the variance of ${md(g.measure)}.${byTotal(g)}`;
}

const ADDITIVE =
	/revenue|sales|amount|total|quantity|qty|units?\b|count|cost|spend|profit|income|volume|kwh|orders?\b|visits|votes|gross|population|umsatz|menge|betrag|kosten|anzahl/i;
const NOT_ADDITIVE = /price|rate|ratio|mean|avg|average|percent|share|score|rating|temp|preis/i;

/** Whether a sum of the measure means something, judged by its name and that nothing is negative. */
export function isAdditive(g) {
	return (
		g.every_nth_row === 1 &&
		ADDITIVE.test(g.measure.replace(/_/g, ' ')) &&
		!NOT_ADDITIVE.test(g.measure) &&
		g.groups.every((x) => x.box.low >= 0 && x.box.outliers_shown.every((v) => v >= 0))
	);
}

/** Said when another group leads once the values are added up. */
function byTotal(g) {
	if (!isAdditive(g)) return '';
	const most = g.groups.reduce((a, b) => (b.mean * b.n > a.mean * a.n ? b : a));
	return most === g.groups[0]
		? ''
		: ` Added up, ${md(most.value)} has most (${num(most.mean * most.n)} over ${plural(most.n, 'row')}).`;
}

function pair(s) {
	const size = Math.abs(s.r) >= 0.8 ? 'strongly' : Math.abs(s.r) >= 0.5 ? 'clearly' : 'weakly';
	return `**${md(s.x)}** and **${md(s.y)}** go together ${size}: Pearson’s r = ${s.r.toFixed(2)} over ${plural(s.n, 'row')}. ${s.r > 0 ? 'Where one is high, the other tends to be high too.' : 'Where one is high, the other tends to be low.'} This does not say that one causes the other.`;
}

function strongest(c) {
	const some = c.strongest.filter((p) => Math.abs(p.r) >= 0.3).slice(0, 3);
	if (some.length === 0)
		return `No two of the ${c.columns.length} numeric columns have a correlation of 0.3 or more in size.`;
	return `Of the ${c.columns.length} numeric columns these pairs correlate most: ${some.map((p) => `${md(p.a)} and ${md(p.b)} (r = ${p.r.toFixed(2)}, n = ${num(p.n)})`).join('; ')}.`;
}

function trend(time, measure) {
	const t = time.trends.find((x) => x.measure === measure);
	const { first, last } = t;
	const change = changeOf(first.mean, last.mean);
	let text = `The mean of **${md(measure)}** was ${num(first.mean)} in the first ${time.period} (${first.period}, n = ${num(first.n)}) and ${num(last.mean)} in the last (${last.period}, n = ${num(last.n)})${change}.${t.ends_skipped ? ` (A ${time.period} at an end with few rows was passed over.)` : ''}`;
	const { peak, trough } = t;
	if (peak)
		text += ` The highest ${time.period} is ${peak.period} (${num(peak.mean)}), the lowest ${trough.period} (${num(trough.mean)}).`;
	if (t.r_squared !== null)
		text +=
			t.r_squared >= 0.3
				? ` A straight line through the ${num(t.points.length)} ${time.period} means ${t.slope_per_period > 0 ? 'rises' : 'falls'} by ${num(Math.abs(t.slope_per_period))} a ${time.period} (R² = ${t.r_squared.toFixed(2)}).`
				: ` A straight line explains little of the ${time.period} means (R² = ${t.r_squared.toFixed(2)}), so I name no trend.`;
	if (t.seasons) {
		const names =
			'January February March April May June July August September October November December'.split(
				' '
			);
		const sorted = [...t.seasons].sort((a, b) => b.mean - a.mean);
		text += ` By calendar month the mean is highest in ${names[sorted[0].month - 1]} (${num(sorted[0].mean)}) and lowest in ${names[sorted[11].month - 1]} (${num(sorted[11].mean)}).`;
	}
	return text;
}

function changeOf(from, to) {
	if (from === 0) return '';
	const share = Math.abs((to - from) / from);
	if (share < 0.001) return ' (practically the same)';
	return ` (${to > from ? '+' : '−'}${pct(share)})`;
}

function panel(p) {
	const parts = p.series.map(
		(s) =>
			`${md(s.value)} from ${num(s.points[0].mean)} (${s.points[0].period}) to ${num(s.points.at(-1).mean)} (${s.points.at(-1).period})`
	);
	return `Mean of **${md(p.measure)}** by ${p.period} for each **${md(p.category)}**: ${parts.join('; ')}.`;
}

function rowsOverTime(time) {
	const list = time.rows_by_period;
	const peak = list.reduce((a, b) => (b.n > a.n ? b : a));
	return `The rows reach from ${list[0].period} to ${list.at(-1).period}; most lie in ${peak.period} (${num(peak.n)}).`;
}

function gaps(table) {
	const worst = table.column_profiles
		.filter((c) => c.missing > 0)
		.sort((a, b) => b.missing - a.missing);
	const three = worst
		.slice(0, 3)
		.map((c) => `${md(c.name)} (${num(c.missing)}, ${pct(c.missing_share)})`);
	return `${plural(worst.length, 'column')} ${worst.length === 1 ? 'has' : 'have'} missing values; most: ${three.join(', ')}.`;
}

function topValues(c) {
	const [first, second] = c.top;
	let text = `**${md(c.name)}** has ${c.distinct_exact ? '' : 'about '}${plural(c.distinct, 'value')}. The most frequent is ${md(first.value)} (${num(first.count)} of ${num(c.count)}, ${pct(first.share)})`;
	if (second) text += `, then ${md(second.value)} (${num(second.count)}, ${pct(second.share)})`;
	return `${text}.`;
}

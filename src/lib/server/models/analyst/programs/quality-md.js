// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { bytes, md, num, plural, sampleNote } from './markdown.js';

const RANK = ['high', 'medium', 'low'];

/** All issues of all files, worst first. */
export function allIssues(profile) {
	const list = profile.files.flatMap((f) =>
		(f.issues ?? []).map((issue) => ({ file: f.file, ...issue }))
	);
	return list.sort(
		(a, b) => RANK.indexOf(a.severity) - RANK.indexOf(b.severity) || b.count - a.count
	);
}

export function countBySeverity(issues) {
	return Object.fromEntries(
		RANK.map((rank) => [rank, issues.filter((i) => i.severity === rank).length])
	);
}

/** quality.md: verdict, issues by severity, what was checked. */
export function qualityMarkdown(profile) {
	const issues = allIssues(profile);
	const counts = countBySeverity(issues);
	const tables = profile.files.filter((f) => f.kind === 'table');
	const out = ['# Data quality', '', verdict(counts, tables), ''];
	const unread = profile.files.filter((f) => f.kind === 'other');
	for (const f of unread)
		out.push(
			`- **Not looked at:** ${md(f.file, 120)} (${bytes(f.size_bytes)}): ${md(f.why, 200)}.`
		);
	for (const f of profile.files.filter((x) => x.sampled))
		out.push(`- **${md(f.file, 120)}** ${sampleNote(f)}`);
	if (out.at(-1) !== '') out.push('');
	for (const rank of RANK) {
		const some = issues.filter((i) => i.severity === rank);
		if (some.length === 0) continue;
		out.push(`## ${rank[0].toUpperCase()}${rank.slice(1)} severity (${some.length})`, '');
		for (const issue of some.slice(0, 60))
			out.push(...describe(issue, profile.files.length > 1), '');
		if (some.length > 60)
			out.push(`… and ${some.length - 60} more of this severity; profile.json lists all.`, '');
	}
	out.push('## What was checked', '');
	out.push(
		'Missing values and how they are written; exact duplicate rows; rows of the wrong length; values that do not fit their column; columns that mix numbers and text; constant and empty columns; identifiers that repeat; spelling variants of categories; ambiguous dates and units; encoding; outliers by Tukey’s fences (1.5 interquartile ranges beyond the quartiles).',
		''
	);
	const clean = tables.map((t) => ({
		t,
		fine: t.column_profiles.filter((c) => !t.issues.some((i) => i.column === c.name))
	}));
	for (const { t, fine } of clean)
		if (fine.length > 0)
			out.push(
				`In ${md(t.file, 120)} nothing was found in ${plural(fine.length, 'column')}: ${fine
					.slice(0, 30)
					.map((c) => md(c.name, 40))
					.join(', ')}${fine.length > 30 ? ', …' : ''}.`,
				''
			);
	out.push(
		'Not checked: whether values are true, whether they agree with another source, rules of your subject, near-duplicates. Row 1 is the first row after the header.',
		''
	);
	out.push(
		'*Built-in analyst: fixed rules, no language model. Severity is by share of rows affected; you may see it differently.*',
		''
	);
	return out.join('\n');
}

function verdict(counts, tables) {
	if (tables.length === 0) return 'There is no table to judge.';
	const total = counts.high + counts.medium + counts.low;
	const rows = tables.reduce((n, t) => n + t.rows, 0);
	const base = `${plural(total, 'issue')} in ${plural(rows, 'row')}: ${counts.high} high, ${counts.medium} medium, ${counts.low} low.`;
	if (total === 0) return `**Nothing was found** in ${plural(rows, 'row')}.`;
	if (counts.high > 0) return `**Look at the high ones before you use these data.** ${base}`;
	if (counts.medium > 0) return `**Usable with care.** ${base}`;
	return `**In good order.** ${base}`;
}

function describe(issue, many) {
	const where = issue.column === null ? 'whole table' : md(issue.column);
	const title = `### ${where}: ${issue.code.replaceAll('_', ' ')} (${num(issue.count)})${many ? ` – ${md(issue.file, 80)}` : ''}`;
	const lines = [title, '', `${mdSentence(issue.message)} ${issue.advice}`];
	if (issue.examples.length > 0) {
		const shown = issue.examples
			.slice(0, 5)
			.map(
				(e) =>
					`${e.row === null ? '' : `row ${num(e.row)}: `}${typeof e.value === 'number' ? num(e.value) : md(e.value)}`
			);
		lines.push('', `Examples: ${shown.join('; ')}.`);
	}
	return lines;
}

/** Messages hold text from the data (how missing values are written). */
function mdSentence(message) {
	return md(message, 400);
}

// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { chartSentence } from './findings.js';
import { bytes, md, num, plural, sampleNote } from './markdown.js';
import { allIssues, countBySeverity } from './quality-md.js';

/** The profiler's answer: what each file is, what stands out, what was assumed. */
export function profileAnswer(profile) {
	const lines = [];
	for (const f of profile.files) {
		if (f.kind === 'other') lines.push(`- ${md(f.file, 120)}: not looked at; ${md(f.why, 200)}.`);
		else if (f.kind === 'text')
			lines.push(
				`- ${md(f.file, 120)}: ${f.format}, ${plural(f.words, 'word')}, ${plural(f.lines, 'line')}.`
			);
		else {
			lines.push(
				`- ${md(f.file, 120)}: ${f.format}, ${plural(f.rows, 'row')}${f.sampled ? ' in the sample' : ''}, ${plural(f.columns, 'column')}, ${bytes(f.size_bytes)}; ${plural(f.issues.length, 'quality issue')}.`
			);
			if (f.sampled) lines.push(`  ${sampleNote(f)}`);
			if (f.named_in_directive.length > 0)
				lines.push(
					`  Named in the directive: ${f.named_in_directive.map((n) => md(n)).join(', ')}.`
				);
			for (const a of f.assumptions.slice(0, 8)) lines.push(`  Assumed: ${md(a, 300)}.`);
		}
	}
	return lines.join('\n');
}

export function qualityAnswer(profile) {
	const issues = allIssues(profile);
	const counts = countBySeverity(issues);
	if (issues.length === 0) return 'The checks found no issue.';
	const worst = issues[0];
	return `${plural(issues.length, 'issue')}: ${counts.high} high, ${counts.medium} medium, ${counts.low} low. The worst: ${worst.code.replaceAll('_', ' ')} in ${worst.column === null ? md(worst.file, 120) : md(worst.column)} (${num(worst.count)}).`;
}

/** The first findings, as the report words them. */
export function reportAnswer(profile) {
	const sentences = profile.charts.map((chart) =>
		chartSentence(
			chart,
			profile.files.find((f) => f.file === chart.source && f.kind === 'table')
		)
	);
	return [...new Set(sentences)]
		.slice(0, 3)
		.map((s) => `- ${s}`)
		.join('\n');
}

// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.

const HEAD =
	'file,column,type,unit,rows,missing,missing_share,distinct,min,q1,median,mean,q3,max,sd,outliers,top_value,top_count'.split(
		','
	);

/** summary.csv: one row per column of every table. */
export function summaryCsv(profile) {
	const lines = [HEAD.join(',')];
	for (const table of profile.files.filter((f) => f.kind === 'table'))
		for (const c of table.column_profiles) {
			const n =
				c.type === 'identifier' ? { min: c.numeric?.min, max: c.numeric?.max } : (c.numeric ?? {});
			const top = c.top?.[0] ?? (c.type === 'integer' ? c.numeric.most_frequent[0] : null);
			lines.push(
				[
					text(table.file),
					text(c.name),
					c.type,
					text(c.unit ?? ''),
					c.rows,
					c.missing,
					figure(c.missing_share),
					c.distinct,
					c.first ?? figure(n.min),
					figure(n.q1),
					figure(n.median),
					figure(n.mean),
					figure(n.q3),
					c.last ?? figure(n.max),
					figure(n.sd),
					n.outliers?.count ?? '',
					text(top ? String(top.value) : ''),
					top?.count ?? ''
				].join(',')
			);
		}
	return lines.join('\n') + '\n';
}

function figure(value) {
	return value === null || value === undefined ? '' : String(Number(value.toPrecision(10)));
}

/** A text cell that no spreadsheet takes for a formula. */
function text(value) {
	const one = value.replace(/[\r\n]+/g, ' ');
	const safe = /^[\s]*[=+\-@\t]/.test(one) ? `'${one}` : one;
	return /[",\n\r;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

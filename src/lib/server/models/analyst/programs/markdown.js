// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.

/** Text from the data, made harmless within Markdown: no markup, no HTML, no links, one line. */
export function md(text, length = 60) {
	let one = String(text)
		.replace(/[\s\p{Cc}]+/gu, ' ')
		.trim();
	if (one.length > length) one = one.slice(0, length - 1) + '…';
	return one
		.replace(/&/g, '&amp;')
		.replace(/[\\`*_[\]|~$^#{}]/g, '\\$&')
		.replace(/</g, '&lt;')
		.replace(/>/g, '&gt;')
		.replace(/:\/\//g, '&#58;//')
		.replace(/www\./gi, (w) => `${w.slice(0, 3)}&#46;`)
		.replace(/@/g, '&#64;');
}

/** A number for a reader: thousands separated, four significant digits, whole numbers whole. */
export function num(value) {
	if (value === null || value === undefined || !Number.isFinite(value)) return '–';
	if (Number.isInteger(value) && Math.abs(value) < 1e15) return group(String(value));
	const size = Math.abs(value);
	if (size >= 1e15 || size < 1e-4) return value.toExponential(3);
	const digits =
		size >= 1000
			? 0
			: size >= 100
				? 1
				: size >= 1
					? 2
					: Math.min(6, 3 - Math.floor(Math.log10(size)) - 1);
	const text = value.toFixed(digits);
	return group(text.includes('.') ? text.replace(/\.?0+$/, '') : text);
}

function group(text) {
	const [whole, fraction] = text.split('.');
	const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
	return (fraction ? `${grouped}.${fraction}` : grouped).replace(/^-0$/, '0');
}

/** A share of 1 as a percentage. */
export function pct(share) {
	const p = share * 100;
	if (p >= 1000) return `${num(Math.round(p))} %`;
	return `${p === 0 || p >= 10 ? Math.round(p * 10) / 10 : p < 0.1 ? '< 0.1' : Math.round(p * 100) / 100} %`;
}

export function bytes(n) {
	if (n < 1000) return `${n} bytes`;
	const units = ['kB', 'MB', 'GB', 'TB'];
	let value = n / 1000;
	let unit = 0;
	while (value >= 1000 && unit < 3) {
		value /= 1000;
		unit++;
	}
	return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** A Markdown table; cells are Markdown already. Columns of numbers are aligned right. */
export function mdTable(head, rows, right = []) {
	const line = (cells) => `| ${cells.join(' | ')} |`;
	return [
		line(head),
		line(head.map((_, i) => (right.includes(i) ? '---:' : '---'))),
		...rows.map(line)
	].join('\n');
}

export function plural(n, one, many = `${one}s`) {
	return `${num(n)} ${n === 1 ? one : many}`;
}

/** What is to be said wherever a number of a sampled file stands. */
export function sampleNote(file) {
	if (!file.sampled) return '';
	const { blocks, bytes_read, bytes_total } = file.sampled;
	const how = blocks > 1 ? `${blocks} evenly spaced blocks` : 'its beginning';
	return `Sampled: the file has ${bytes(bytes_total)}; ${how}, ${bytes(bytes_read)} in all, were read (${pct(bytes_read / bytes_total)}). Counts are counts within the sample, not of the file.`;
}

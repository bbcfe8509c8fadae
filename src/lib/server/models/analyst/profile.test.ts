import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { profileText, column, table } from './testing-profile';

const dataset = (name: string) =>
	readFileSync(path.resolve('node_modules/vega-datasets/data', name), 'utf8');

describe('profiling real data sets', () => {
	it('agrees with an independent computation on seattle-weather.csv', () => {
		const text = dataset('seattle-weather.csv');
		const rows = text
			.trim()
			.split('\n')
			.slice(1)
			.map((line) => line.split(','));
		const wind = rows.map((row) => Number(row[4]));
		const mean = wind.reduce((sum, v) => sum + v, 0) / wind.length;
		const sd = Math.sqrt(wind.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (wind.length - 1));
		const sorted = [...wind].sort((a, b) => a - b);
		const profile = table(profileText({ 'w.csv': text }));
		expect(profile).toMatchObject({ rows: 1461, columns: 6, format: 'CSV', header: true });
		const { numeric } = column(profile, 'wind');
		expect(numeric.mean).toBeCloseTo(mean, 10);
		expect(numeric.sd).toBeCloseTo(sd, 10);
		expect(numeric.median).toBe(sorted[730]);
		expect(numeric.q1).toBe(sorted[365]);
		const fence = numeric.q3 + 1.5 * (numeric.q3 - numeric.q1);
		expect(numeric.outliers.above).toBe(wind.filter((v) => v > fence).length);
		const [example] = numeric.outliers.examples;
		expect(rows[example.row - 1]?.[4]).toBe(String(example.value));
		expect(column(profile, 'date')).toMatchObject({
			type: 'date',
			first: '2012-01-01',
			last: '2015-12-31'
		});
		const sun = rows.filter((row) => row[5] === 'sun').length;
		expect(column(profile, 'weather').top).toContainEqual({
			value: 'sun',
			count: sun,
			share: sun / 1461
		});
	});

	it('computes correlations, groups and trends of cars.json as done by hand', () => {
		const text = dataset('cars.json');
		const cars = JSON.parse(text) as Record<string, number | null>[];
		const pairs = cars
			.map((car) => [car.Weight_in_lbs, car.Miles_per_Gallon])
			.filter((pair): pair is [number, number] => pair.every((v) => typeof v === 'number'));
		const mean = (i: 0 | 1) => pairs.reduce((s, p) => s + p[i], 0) / pairs.length;
		const [mx, my] = [mean(0), mean(1)];
		const sum = (f: (p: [number, number]) => number) => pairs.reduce((s, p) => s + f(p), 0);
		const r =
			sum((p) => (p[0] - mx) * (p[1] - my)) /
			Math.sqrt(sum((p) => (p[0] - mx) ** 2) * sum((p) => (p[1] - my) ** 2));
		const profile = table(profileText({ 'cars.json': text }, 'miles per gallon by origin'));
		const { columns, matrix } = profile.correlations;
		const at = matrix[columns.indexOf('Weight_in_lbs')][columns.indexOf('Miles_per_Gallon')];
		expect(at).toBeCloseTo(r, 10);
		expect(profile.named_in_directive).toEqual(['Miles_per_Gallon', 'Origin']);
		const japan = cars.filter((c) => String(c.Origin) === 'Japan' && c.Miles_per_Gallon !== null);
		const [group] = profile.groups;
		expect(group).toMatchObject({ category: 'Origin', measure: 'Miles_per_Gallon' });
		expect(group.groups[0]).toMatchObject({ value: 'Japan', n: japan.length });
		expect(profile.time).toMatchObject({ date_column: 'Year', period: 'year' });
		expect(column(profile, 'Miles_per_Gallon').missing).toBe(8);
	});

	it('keeps the shares of stocks.csv apart instead of averaging them', () => {
		const profile = table(profileText({ 'stocks.csv': dataset('stocks.csv') }));
		expect(profile.panel).toMatchObject({
			category: 'symbol',
			measure: 'price',
			date_column: 'date'
		});
		expect(profile.panel.series.map((s: { value: string }) => s.value)).toEqual([
			'AAPL',
			'AMZN',
			'GOOG',
			'IBM',
			'MSFT'
		]);
	});

	it('reads penguins.json, movies.json, gapminder.json, unemployment.tsv and zipcodes.csv', () => {
		const penguins = table(profileText({ 'p.json': dataset('penguins.json') }));
		expect(penguins.rows).toBe(344);
		expect(column(penguins, 'Body Mass (g)').missing).toBe(2);
		expect(penguins.issues).toContainEqual(
			expect.objectContaining({ code: 'odd_value', column: 'Sex', count: 1 })
		);
		const movies = table(profileText({ 'm.json': dataset('movies.json') }));
		expect(movies.rows).toBe(3201);
		expect(column(movies, 'US DVD Sales').missing).toBe(2637);
		const gapminder = table(profileText({ 'g.json': dataset('gapminder.json') }));
		expect(column(gapminder, 'year')).toMatchObject({ role: 'year' });
		expect(table(profileText({ 'u.tsv': dataset('unemployment.tsv') }))).toMatchObject({
			format: 'TSV',
			rows: 3218
		});
		const zip = table(profileText({ 'z.csv': dataset('zipcodes.csv') }));
		expect(column(zip, 'zip_code').type).toBe('identifier');
	});
});

describe('profiling difficult tables', () => {
	const one = (text: string | Uint8Array, name = 't.csv') => table(profileText({ [name]: text }));

	it('survives header only, one column, one row and ragged rows', () => {
		expect(one('a,b,c\n')).toMatchObject({ rows: 0, columns: 3 });
		const single = one('price\n1\n2\n4\n');
		expect(column(single, 'price').numeric.mean).toBeCloseTo(7 / 3);
		expect(one('a,b\n1,x')).toMatchObject({ rows: 1, columns: 2 });
		const ragged = one('a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,1,1\n');
		expect(ragged.ragged).toEqual({
			short: 1,
			long: 1,
			examples: [
				{ row: 2, cells: 2 },
				{ row: 3, cells: 4 }
			]
		});
		expect(column(ragged, 'c').missing).toBe(1);
	});

	it('reads quotes with line breaks, doubled quotes and delimiters, with CRLF and a BOM', () => {
		const profile = one('\ufeffname,note\r\n"Ann, B.","line one\r\nline ""two"""\r\nBob,plain\r\n');
		expect(profile).toMatchObject({ rows: 2, bom: true, line_ending: 'CRLF', encoding: 'UTF-8' });
		expect(column(profile, 'note').top.map((v: { value: string }) => v.value)).toContain(
			'line one\r\nline "two"'
		);
	});

	it('names the encoding of UTF-16 and Windows-1252 files', () => {
		const text = 'stadt;wert\nKöln;1,5\nZürich;2,5\n';
		const utf16 = new Uint8Array(
			Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
		);
		expect(one(utf16)).toMatchObject({ encoding: 'UTF-16 LE', delimiter: ';', rows: 2 });
		const old = one(new Uint8Array(Buffer.from(text, 'latin1')));
		expect(old).toMatchObject({ encoding: 'Windows-1252', encoding_guessed: true });
		expect(column(old, 'stadt').top.map((v: { value: string }) => v.value)).toEqual([
			'Köln',
			'Zürich'
		]);
		expect(column(old, 'wert').numeric.mean).toBe(2);
	});

	it('reads decimal commas, thousands, percent and currency', () => {
		const profile = one(
			'a;b;c;d\n1.234,5;12 %;$1,200;1 000\n2.000,25;5 %;$300;2 500\n-7,5;0 %;($50);12\n'
		);
		expect(column(profile, 'a').numeric).toMatchObject({ min: -7.5, max: 2000.25 });
		expect(column(profile, 'b')).toMatchObject({ unit: '%', numeric: { max: 12 } });
		expect(column(profile, 'c')).toMatchObject({ unit: '$', numeric: { min: -50, max: 1200 } });
		expect(column(profile, 'd').numeric.max).toBe(2500);
	});

	it('tells d.m.Y from m/d/Y and says so when it cannot', () => {
		const dates = (list: string[]) =>
			column(one(`d,x\n${list.map((d) => `${d},1`).join('\n')}\n`), 'd');
		expect(dates(['01.02.2024', '28.02.2024', '03.03.2024'])).toMatchObject({
			first: '2024-02-01',
			last: '2024-03-03'
		});
		expect(dates(['2/1/2024', '2/28/2024', '3/3/2024'])).toMatchObject({
			first: '2024-02-01',
			last: '2024-03-03'
		});
		const unclear = dates(['1/2/2024', '3/4/2024', '5/6/2024']);
		expect(unclear).toMatchObject({
			first: '2024-01-02',
			assumption: expect.stringContaining('could not be told apart')
		});
		expect(dates(['13/2/2024', '3/14/2024', '5/6/2024']).assumption).toContain('mixed up');
	});

	it('handles mixed, constant, empty, huge and duplicate columns', () => {
		const lines = Array.from(
			{ length: 40 },
			(_, i) => `${i % 4 === 0 ? 'n.a.!' : i},same,,${'9'.repeat(20)}${i},${i},${i % 2}`
		);
		const profile = one(`mix,const,none,huge,x,x\n${lines.join('\n')}\n`);
		const codes = profile.issues.map(
			(i: { code: string; column: string }) => `${i.code}:${i.column}`
		);
		expect(codes).toEqual(
			expect.arrayContaining([
				'mixed_types:mix',
				'constant:const',
				'empty_column:none',
				'duplicate_header:x'
			])
		);
		expect(column(profile, 'huge').type).toBe('identifier');
		expect(column(profile, 'x (2)').distinct).toBe(2);
	});

	it('finds exact duplicate rows by number, Unicode headers, and 300 columns', () => {
		const profile = one('größe,城市\n1,a\n2,b\n1,a\n');
		expect(profile.duplicates).toEqual({ rows: 1, examples: [{ row: 3, same_as: 1 }] });
		expect(column(profile, '城市').distinct).toBe(2);
		const head = Array.from({ length: 300 }, (_, i) => `c${i}`).join(',');
		const rows = Array.from({ length: 50 }, (_, r) =>
			Array.from({ length: 300 }, (_, c) => (r * 7919 + c * 31) % 97).join(',')
		);
		const wide = one(`${head}\n${rows.join('\n')}\n`);
		expect(wide.columns).toBe(300);
		expect(wide.correlations.columns_left_out).toBe(260);
	});

	it('flattens nested JSON one level and leaves out broken JSON lines by number', () => {
		const nested = one('[{"a":{"b":1,"c":{"d":2}},"e":[1,2]},{"a":{"b":3},"e":null}]', 'n.json');
		expect(nested.column_profiles.map((c: { name: string }) => c.name)).toEqual([
			'a.b',
			'a.c',
			'e'
		]);
		const lines = one('{"a":1}\n{"a":\n\n{"a":3}\nnot json\n', 'l.jsonl');
		expect(lines.rows).toBe(2);
		expect(lines.broken_records).toEqual({
			count: 2,
			examples: [
				{ line: 2, text: '{"a":' },
				{ line: 5, text: 'not json' }
			]
		});
	});

	it('samples a file that is too big, deterministically, and says so', () => {
		const rows = Array.from({ length: 60_000 }, (_, i) => `${i},${(i * 37) % 1000},cat${i % 5}`);
		const text = `id,value,cat\n${rows.join('\n')}\n`;
		const whole_limit = 200_000;
		const first = profileText({ 'big.csv': text }, '', { whole_limit });
		expect(first).toEqual(profileText({ 'big.csv': text }, '', { whole_limit }));
		const profile = table(first);
		expect(profile.sampled).toMatchObject({ blocks: 192, bytes_total: text.length });
		expect(profile.ragged.short + profile.ragged.long).toBe(0);
		expect(column(profile, 'value').numeric.mean).toBeGreaterThan(450);
		expect(column(profile, 'value').numeric.mean).toBeLessThan(550);
	});

	it('keeps every k-th row when a table has too many cells, and counts all of them', () => {
		const rows = Array.from({ length: 5000 }, (_, i) => `${i % 10},${i}`);
		const profile = table(
			profileText({ 'b.csv': `a,b\n${rows.join('\n')}\n` }, '', { cell_budget: 2000 })
		);
		expect(profile).toMatchObject({ rows: 5000, statistics_from_every_nth_row: 5 });
		expect(column(profile, 'b').numeric).toMatchObject({ min: 0, max: 4999, mean: 2499.5 });
	});

	it('does not look at empty, blank, binary or broken files, and says why', () => {
		const kinds = profileText({
			'a.csv': '',
			'b.csv': ' \n ',
			'c.xlsx': 'PK',
			'd.json': '{"a":',
			'e.bin': new Uint8Array([0, 1, 0, 2, 0, 0, 9])
		});
		for (const file of kinds.files)
			expect(file).toMatchObject({ kind: 'other', why: expect.any(String) });
	});

	it('counts words, headings and terms of Markdown and text', () => {
		const { files } = profileText({
			'n.md': '# Title\n\nRivers rise. Rivers fall!\n\n## Part\n- [x](y)\n'
		});
		expect(files[0]).toMatchObject({
			kind: 'text',
			format: 'Markdown',
			heading_count: 2,
			links: 1,
			sentences: 2
		});
		expect(files[0].top_terms[0]).toEqual({ term: 'rivers', count: 2 });
	});
});

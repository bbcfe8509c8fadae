// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { detach } from './decode.js';
import { openFile } from './table.js';
import { createColumn, createRowDigests } from './columns.js';
import { dateStyle } from './dates.js';
import { isMissing, numberStyle, toNumber } from './values.js';
import { summarize } from './summarize.js';
import { compareGroups, correlate, scatterSample } from './relations.js';
import { createAxis, panelOf, trendsOf } from './trends.js';
import { profileProse } from './prose.js';
import { findIssues } from './issues.js';
import { planCharts } from './chart-plan.js';

/** Rows times columns that are kept for quartiles, relations and charts. */
const CELL_BUDGET = 10_000_000;
const SAMPLES_PER_COLUMN = 4000;

/**
 * Profiles every named file. `files` has `size(name)` and `readBytes(name, offset, length)`.
 * The answer is plain data: what profile.json holds.
 */
export function profileFiles(files, request) {
	const options = {
		wholeLimit: request.whole_limit,
		cellBudget: request.cell_budget ?? CELL_BUDGET
	};
	const profiles = request.files.map((name) => {
		const source = {
			name,
			size: files.size(name),
			read: (offset, length) => files.readBytes(name, offset, length)
		};
		const profile = {
			file: name,
			size_bytes: source.size,
			...profileOne(source, request.directive ?? '', options)
		};
		const whole = request.beginnings?.[name];
		if (whole === undefined) return profile;
		const sampled = { blocks: 1, bytes_read: source.size, bytes_total: whole };
		return { ...profile, size_bytes: whole, sampled };
	});
	const tables = profiles.filter((p) => p.kind === 'table');
	return {
		made_by: 'builtin:analyst',
		note: 'Computed with fixed rules by the built-in analyst, which is no language model.',
		directive: request.directive ?? '',
		files: profiles,
		shared_columns: sharedColumns(tables),
		charts: planCharts(tables)
	};
}

function profileOne(source, directive, options) {
	const opened = openFile(source, options);
	if (opened.kind === 'other') return opened;
	const { encoding, encoding_guessed, bom } = opened;
	if (opened.kind === 'text') return { encoding, encoding_guessed, bom, ...profileProse(opened) };
	return profileTable(opened, source, directive, options);
}

function profileTable(table, source, directive, options) {
	const { names } = table;
	const width = names.length;
	const samples = names.map(() => []);
	let quick = 0;
	table.scan(
		(cells, count) => {
			quick++;
			for (let i = 0; i < width && i < count; i++) {
				const list = samples[i];
				const text = cells[i].trim();
				if (isMissing(text)) continue;
				if (list.length < SAMPLES_PER_COLUMN) list.push(detach(text));
				else if (quick % 7 === 0) list[quick % SAMPLES_PER_COLUMN] = detach(text);
			}
		},
		{ quick: true }
	);

	const expected =
		table.sampled || source.size > 1024 * 1024
			? Math.ceil(
					(quick * Math.min(source.size, table.sampled?.bytes_read ?? source.size)) /
						Math.min(source.size, 2 * 1024 * 1024)
				) * 1.1
			: quick;
	const every = Math.max(1, Math.ceil((expected * width) / options.cellBudget));
	const room = Math.ceil(expected / every) + 16;
	const columns = names.map((name, i) => {
		const { kind, style } = kindOf(samples[i], table.delimiter === ';');
		return createColumn(name, i, kind, style, room);
	});
	const digests = createRowDigests(Math.ceil(expected) + 16);
	const ragged = { short: 0, long: 0, examples: [] };
	let rows = 0;
	table.scan((cells, count, row) => {
		const store = rows % every === 0;
		rows++;
		if (count !== width && width < 2000) {
			if (count < width) ragged.short++;
			else ragged.long++;
			if (ragged.examples.length < 5) ragged.examples.push({ row, cells: count });
		}
		digests.add(cells, Math.min(count, width));
		for (let i = 0; i < width; i++) columns[i].add(i < count ? cells[i] : '', row, store);
	});

	const numbered = !(table.sampled?.blocks > 1);
	const rowOf = (i) => (numbered ? i * every + 1 : null);
	const mentioned = namedColumns(names, directive);
	const described = columns.map((c) => summarize(c, { named: mentioned.has(c.name), rowOf }));
	const relations = relate(columns, described, mentioned);
	const profile = {
		kind: 'table',
		format: table.format,
		encoding: table.encoding,
		encoding_guessed: table.encoding_guessed,
		bom: table.bom,
		delimiter: table.delimiter ?? null,
		header: table.header,
		line_ending: table.line_ending ?? null,
		rows,
		columns: width,
		sampled: table.sampled,
		statistics_from_every_nth_row: every,
		assumptions: [...table.assumptions, ...assumptionsOf(described)],
		columns_cut: table.columns_cut,
		duplicate_names: table.duplicate_names,
		late_keys: [...(table.late_keys ?? [])],
		ragged,
		broken_records: table.broken,
		duplicates: digests.finish(numbered),
		named_in_directive: [...mentioned],
		column_profiles: described,
		...relations
	};
	profile.issues = findIssues(profile);
	return profile;
}

function kindOf(samples, semicolons) {
	if (samples.length === 0) return { kind: 'text', style: null };
	const dates = dateStyle(samples);
	if (dates) return { kind: 'date', style: dates };
	const numbers = numberStyle(samples, semicolons);
	if (numbers?.code) return { kind: 'text', style: numbers };
	if (numbers) return { kind: 'number', style: numbers };
	const plain = { decimal: '.', groups: /,/g };
	const share =
		samples.filter((text) => Number.isFinite(toNumber(text, plain))).length / samples.length;
	return { kind: 'text', style: share >= 0.1 ? { mixed: share } : null };
}

function assumptionsOf(described) {
	return described.filter((c) => c.assumption).map((c) => `column "${c.name}": ${c.assumption}`);
}

/** Columns whose name occurs in the directive: the whole name, or all of its words, plural or not. */
export function namedColumns(names, directive) {
	const words = (text) =>
		text
			.toLowerCase()
			.replace(/([a-z])([A-Z])/g, '$1 $2')
			.match(/[\p{L}\p{N}]+/gu) ?? [];
	const stem = (word) =>
		word.length > 3 ? word.replace(/(ies|es|s)$/, '').replace(/y$/, '') : word;
	const said = words(directive);
	const stems = new Set(said.map(stem));
	const joined = ` ${said.join(' ')} `;
	const found = names.filter((name) => {
		const own = words(name.replace(/([a-z])([A-Z])/g, '$1 $2'));
		if (own.length === 0 || own.join('').length < 3)
			return own.length > 0 && directive.includes(`"${name}"`);
		return joined.includes(` ${own.join(' ')} `) || own.every((word) => stems.has(stem(word)));
	});
	if (found.length > 0 || said.length === 0) return new Set(found);
	const loose = names.filter((name) =>
		words(name).some((word) => word.length >= 4 && stems.has(stem(word)))
	);
	return new Set(loose.slice(0, 5));
}

function relate(columns, described, mentioned) {
	const length = Math.min(...columns.map((c) => c.length));
	const of = (...types) =>
		columns.filter((_, i) => types.includes(described[i].type) && described[i].role !== 'year');
	const few = (c) => Number(described[c.position].distinct <= 10 && c.kind === 'number');
	const first = (list) => [
		...list.filter((c) => mentioned.has(c.name)),
		...list.filter((c) => !mentioned.has(c.name))
	];
	const varying = (c) => described[c.position].distinct > 1;
	const measures = first(
		of('number', 'integer')
			.filter(varying)
			.sort((a, b) => few(a) - few(b))
	);
	const categories = first(of('category', 'boolean')).filter(
		(c) => !c.estimate && c.values.length >= 2 && c.values.length <= 30
	);
	const correlations = correlate(measures, length);
	const best = correlations?.strongest.find((pair) =>
		mentioned.has(pair.a) || mentioned.has(pair.b)
			? Math.abs(pair.r) >= 0.2
			: Math.abs(pair.r) >= 0.3
	);
	const pick = (name) => measures.find((c) => c.name === name);
	return {
		correlations,
		scatter: best
			? {
					...axes(best, mentioned),
					r: best.r,
					n: best.n,
					...scatterSample(...Object.values(axes(best, mentioned)).map(pick), length, 1500)
				}
			: null,
		...overTime(columns, described, measures, categories, mentioned, length),
		groups: groupsOf(categories, measures, mentioned, length)
	};
}

/** A column that the directive names goes up the side. */
function axes({ a, b }, mentioned) {
	return mentioned.has(a) && !mentioned.has(b) ? { x: b, y: a } : { x: a, y: b };
}

function overTime(columns, described, measures, categories, mentioned, length) {
	const dated = columns
		.filter(
			(c, i) =>
				(described[i].type === 'date' || described[i].role === 'year') && described[i].distinct > 2
		)
		.sort(
			(a, b) =>
				Number(mentioned.has(b.name)) - Number(mentioned.has(a.name)) ||
				Number(b.kind === 'date') - Number(a.kind === 'date') ||
				b.count - a.count
		);
	if (dated.length === 0) return { time: null, panel: null };
	const axis = createAxis(dated[0]);
	const time = trendsOf(axis, measures.slice(0, 8), length);
	const panel = measures.length > 0 ? panelOf(axis, categories, measures[0], length) : null;
	return { time, panel };
}

function groupsOf(categories, measures, mentioned, length) {
	const all = [];
	for (const category of categories.slice(0, 6))
		for (const measure of measures.slice(0, 8)) {
			const compared = compareGroups(category, measure, length);
			if (compared) all.push(compared);
		}
	const weight = (g) =>
		g.share_between + (mentioned.has(g.category) ? 1 : 0) + (mentioned.has(g.measure) ? 1 : 0);
	return all.sort((a, b) => weight(b) - weight(a)).slice(0, 8);
}

function sharedColumns(tables) {
	const by = new Map();
	for (const table of tables)
		for (const column of table.column_profiles) {
			const key = column.name.toLowerCase().trim();
			if (!by.has(key)) by.set(key, []);
			const { mean, min, max } = column.numeric ?? {};
			by.get(key).push({
				file: table.file,
				name: column.name,
				type: column.type,
				rows: column.rows,
				missing: column.missing,
				distinct: column.distinct,
				min: min ?? column.first ?? null,
				max: max ?? column.last ?? null,
				mean: mean ?? null
			});
		}
	return [...by.values()].filter((list) => list.length > 1).slice(0, 50);
}

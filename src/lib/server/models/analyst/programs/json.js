// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.

export const WHOLE_JSON_BYTES = 24 * 1024 * 1024;
const MAX_ELEMENT = 4 * 1024 * 1024;

/**
 * Finds the elements of a top-level JSON array in text that comes by pieces and calls `element(text)`
 * for each, so that a big array never has to be in memory at once.
 */
export function createArrayReader(element) {
	let depth = 0;
	let inString = false;
	let escaped = false;
	let parts = '';
	let done = false;
	return { push, end: () => done };

	function push(text) {
		let from = depth >= 1 ? 0 : -1;
		for (let i = 0; i < text.length && !done; i++) {
			const c = text.charCodeAt(i);
			if (inString) {
				if (escaped) escaped = false;
				else if (c === 92) escaped = true;
				else if (c === 34) inString = false;
			} else if (c === 34) inString = true;
			else if (c === 91 || c === 123) {
				depth++;
				if (depth === 1) from = i + 1;
			} else if (c === 93 || c === 125) {
				depth--;
				if (depth === 0) {
					take(text.slice(from, i));
					done = true;
				}
			} else if (c === 44 && depth === 1) {
				take(text.slice(from, i));
				from = i + 1;
			}
		}
		if (!done && depth >= 1) parts += text.slice(from);
		if (parts.length > MAX_ELEMENT) throw new Error('one element of the array is larger than 4 MB');
	}

	function take(tail) {
		const whole = (parts + tail).trim();
		parts = '';
		if (whole !== '') element(whole);
	}
}

/** Calls `line(text, number)` for every line that is not blank. */
export function createLineReader(line) {
	let rest = '';
	let number = 0;
	function take(text) {
		number++;
		if (text.trim() !== '') line(text, number);
	}
	return {
		push(text) {
			const lines = (rest + text).split('\n');
			rest = lines.pop();
			for (const one of lines) take(one);
		},
		end() {
			if (rest !== '') take(rest);
			rest = '';
		}
	};
}

/** One record as flat text cells: nested objects one level deep (`a.b`), anything deeper as JSON. */
export function flattenRecord(value) {
	const flat = {};
	if (value === null || typeof value !== 'object') return { value: cell(value) };
	if (Array.isArray(value)) {
		value.forEach((item, i) => (flat[`[${i}]`] = cell(item)));
		return flat;
	}
	for (const [key, inner] of Object.entries(value)) {
		if (inner !== null && typeof inner === 'object' && !Array.isArray(inner)) {
			const entries = Object.entries(inner);
			if (entries.length === 0) flat[key] = '{}';
			for (const [name, deep] of entries) flat[`${key}.${name}`] = cell(deep);
		} else flat[key] = cell(inner);
	}
	return flat;
}

function cell(value) {
	if (value === null || value === undefined) return 'null';
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The records within a JSON document: itself, its longest list of objects, or its parallel lists. */
export function findRecords(document) {
	if (Array.isArray(document)) return { records: document, where: 'the array' };
	if (document === null || typeof document !== 'object') return null;
	// A map's shapes (TopoJSON) are no records.
	if (document.type === 'Topology') return null;
	if (document.type === 'FeatureCollection' && Array.isArray(document.features))
		return {
			records: document.features.map((f) => ({
				...f?.properties,
				geometry: f?.geometry?.type ?? null
			})),
			where: '`features` (properties; geometry by its type only)'
		};
	const entries = Object.entries(document);
	const lists = entries.filter(([, v]) => Array.isArray(v) && v.length > 0);
	const objects = lists
		.filter(([, v]) => v.every((x) => x !== null && typeof x === 'object' && !Array.isArray(x)))
		.sort((a, b) => b[1].length - a[1].length);
	if (objects.length > 0) {
		const others = lists.length - 1;
		return {
			records: objects[0][1],
			where: `its list ${JSON.stringify(objects[0][0])}${others > 0 ? ` (${others} other list(s) not looked at)` : ''}`
		};
	}
	if (lists.length > 1 && lists.every(([, v]) => v.length === lists[0][1].length)) {
		const records = lists[0][1].map((_, i) => Object.fromEntries(lists.map(([k, v]) => [k, v[i]])));
		return { records, where: 'its parallel lists' };
	}
	const values = entries.map(([, v]) => v);
	if (
		values.length > 2 &&
		values.every((v) => v !== null && typeof v === 'object' && !Array.isArray(v))
	)
		return {
			records: entries.map(([key, v]) => ({ key, ...v })),
			where: 'its entries, one record a key'
		};
	return { records: [document], where: 'the object as one record' };
}

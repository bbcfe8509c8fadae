// @ts-nocheck -- runs inside Deno, never in Node
import { createReader } from './channel.js';
import { createCharts } from './charts/charts.js';
import { createPlt } from './charts/plt.js';

/** Answers the function that runs the one job. */
export async function prepare({ chartAssets, channel }) {
	const encoder = new TextEncoder();
	return async function run(job) {
		const files = createFiles(channel, job.files);
		const print =
			(printer) =>
			(...values) =>
				printer.write(encoder.encode(values.map((v) => show(v)).join(' ') + '\n'));
		const out = print(channel.stdout);
		const err = print(channel.stderr);
		globalThis.console = createConsole(out, err);
		globalThis.files = files.api;
		globalThis.plt = createPlt(createCharts(chartAssets, err), files.api.write);
		let late;
		globalThis.addEventListener('unhandledrejection', (event) => {
			event.preventDefault();
			late ??= event.reason;
		});
		globalThis.addEventListener('error', (event) => {
			event.preventDefault();
			late ??= event.error;
		});
		let outcome = { ok: true, reason: null, error: null };
		try {
			await import('data:text/javascript;base64,' + base64(encoder.encode(job.code)));
			await new Promise((resolve) => setTimeout(resolve, 0));
			if (late !== undefined) outcome = failure(late);
		} catch (error) {
			outcome = failure(error);
		}
		files.send(job.limits);
		return outcome;
	};
}

function base64(bytes) {
	const parts = [];
	for (let n = 0; n < bytes.length; n += 32766)
		parts.push(btoa(String.fromCharCode(...bytes.subarray(n, n + 32766))));
	return parts.join('');
}

function failure(error) {
	let text;
	try {
		text = error instanceof Error ? String(error.stack ?? error) : `Uncaught ${show(error)}`;
	} catch {
		text = 'The code threw something that cannot be shown.';
	}
	const memory =
		error instanceof RangeError && /allocation|array buffer|invalid .*length/i.test(error.message);
	const lines = text
		.replace(/^TypeError: SyntaxError/, 'SyntaxError')
		.replaceAll(/data:text\/javascript;base64,[^\s:)]*/g, 'main.js')
		.split('\n')
		.filter(
			(line) =>
				!/^\s+at .*(\/runner\/|\/javascript\.js|\/main\.js:\d+:\d+\)?$)/.test(line) ||
				line.includes(' main.js')
		);
	return {
		ok: false,
		reason: memory ? 'memory' : 'error',
		error: lines.join('\n').slice(0, 8000)
	};
}

/** Values as `console.log` shows them. */
function show(value, depth = 0, seen = new Set()) {
	if (typeof value === 'string') return depth === 0 ? value : JSON.stringify(value);
	if (typeof value === 'bigint') return `${value}n`;
	if (typeof value === 'function') return `[Function ${value.name || 'anonymous'}]`;
	if (typeof value === 'symbol') return value.toString();
	if (value === null || typeof value !== 'object')
		return Object.is(value, -0) ? '-0' : String(value);
	if (value instanceof Error)
		return String(value.stack ?? value).replaceAll(
			/data:text\/javascript;base64,[^\s:)]*/g,
			'main.js'
		);
	if (value instanceof Date)
		return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
	if (value instanceof RegExp) return String(value);
	if (seen.has(value)) return '[Circular]';
	if (depth > 4) return Array.isArray(value) ? '[Array]' : '[Object]';
	seen.add(value);
	const inner = (v) => show(v, depth + 1, seen);
	let text;
	if (Array.isArray(value) || ArrayBuffer.isView(value)) {
		const items = Array.from(value.length > 200 ? value.slice(0, 200) : value, inner);
		if (value.length > 200) items.push(`… ${value.length - 200} more`);
		text = `[ ${items.join(', ')} ]`;
	} else if (value instanceof Map)
		text = `Map(${value.size}) { ${[...value].map(([k, v]) => `${inner(k)} => ${inner(v)}`).join(', ')} }`;
	else if (value instanceof Set)
		text = `Set(${value.size}) { ${[...value].map(inner).join(', ')} }`;
	else if (value instanceof Promise) text = 'Promise {}';
	else {
		const entries = Object.entries(value).map(
			([k, v]) => `${/^[A-Za-z_$][\w$]*$/.test(k) ? k : JSON.stringify(k)}: ${inner(v)}`
		);
		const name = value.constructor?.name;
		text =
			(name && name !== 'Object' ? name + ' ' : '') +
			(entries.length ? `{ ${entries.join(', ')} }` : '{}');
	}
	seen.delete(value);
	return text;
}

function createConsole(out, err) {
	const counts = {};
	return {
		log: out,
		info: out,
		debug: out,
		dir: (v) => out(v),
		error: err,
		warn: err,
		trace: err,
		table: (rows) => out(table(rows)),
		assert: (ok, ...rest) => ok || err('Assertion failed:', ...rest),
		count: (label = 'default') => out(`${label}: ${(counts[label] = (counts[label] ?? 0) + 1)}`),
		group: out,
		groupCollapsed: out,
		groupEnd() {},
		time() {},
		timeEnd() {},
		timeLog() {}
	};
}

function table(rows) {
	if (!Array.isArray(rows) || rows.length === 0) return show(rows);
	const columns = [...new Set(rows.flatMap((r) => Object.keys(Object(r))))];
	return [columns, ...rows.map((r) => columns.map((c) => show(Object(r)[c])))]
		.map((cells) => cells.join('\t'))
		.join('\n');
}

/** The session's files by bare name: inputs are asked for piece by piece, what is written is kept. */
function createFiles(channel, inputs) {
	const decoder = () => new TextDecoder('utf-8', { ignoreBOM: false });
	const written = new Map();
	const known = new Map(
		inputs.map(({ name, size }, index) => [name, createReader(channel, index, size)])
	);
	function sizeOf(name) {
		const made = written.get(name);
		if (made) return made.length;
		const input = known.get(name);
		if (input) return input.size;
		throw new Error(
			`There is no file ${JSON.stringify(name)}. There is: ${list().join(', ') || 'none'}.`
		);
	}
	function list() {
		return [...new Set([...known.keys(), ...written.keys()])].sort();
	}
	function readBytes(name, offset = 0, length = Infinity) {
		const size = sizeOf(name);
		if (!(offset >= 0)) throw new RangeError('offset must be 0 or more');
		const wanted = Math.max(0, Math.min(length, size - offset));
		if (wanted > 512 * 1048576)
			throw new RangeError(
				'allocation of more than 512 MB; read it in pieces: files.readBytes(name, offset, length)'
			);
		const made = written.get(name);
		if (made) return made.slice(offset, offset + wanted);
		const bytes = new Uint8Array(wanted);
		const got = known.get(name).readInto(bytes, Math.floor(offset));
		return got === bytes.length ? bytes : bytes.slice(0, got);
	}
	function* lines(name) {
		const size = sizeOf(name);
		const text = decoder();
		let rest = '';
		for (let at = 0; at < size; at += 1048576) {
			const parts = (rest + text.decode(readBytes(name, at, 1048576), { stream: true })).split(
				'\n'
			);
			rest = parts.pop();
			for (const line of parts) yield line.endsWith('\r') ? line.slice(0, -1) : line;
		}
		rest += text.decode();
		if (rest) yield rest;
	}
	const api = {
		list,
		size: sizeOf,
		readBytes,
		readText: (name) => decoder().decode(readBytes(name)),
		lines,
		write(name, content) {
			if (typeof name !== 'string' || name === '')
				throw new TypeError('files.write(name, content) needs a name');
			const bytes =
				typeof content === 'string'
					? new TextEncoder().encode(content)
					: content instanceof ArrayBuffer
						? new Uint8Array(content.slice(0))
						: ArrayBuffer.isView(content)
							? new Uint8Array(content.buffer, content.byteOffset, content.byteLength).slice()
							: undefined;
			if (!bytes)
				throw new TypeError(
					'files.write(name, content) takes a string or bytes; use JSON.stringify for objects'
				);
			written.set(name, bytes);
		}
	};
	function send(limits) {
		let total = 0;
		let count = 0;
		for (const [name, bytes] of written) {
			if (count >= limits.files + 100) return;
			if (bytes.length > limits.fileBytes)
				channel.refuse(name, `it is larger than ${limits.fileBytes / 1048576} MB`);
			else if (total + bytes.length > limits.totalBytes)
				channel.refuse(
					name,
					`all files together are larger than ${limits.totalBytes / 1048576} MB`
				);
			else if (count >= limits.files)
				channel.refuse(name, `there are more than ${limits.files} files`);
			else {
				total += bytes.length;
				channel.file(name, bytes);
			}
			count++;
		}
	}
	return { api: Object.freeze(api), send };
}

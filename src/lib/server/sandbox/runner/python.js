// @ts-nocheck -- runs inside Deno, never in Node
/* global Deno */
import modules from './python-files.js';
import { createReader } from './channel.js';
import { createCharts } from './charts/charts.js';
import { mapColor } from './charts/colors.js';

const FOLDER = '/work';
const MAX_WRITTEN_BYTES = 128 * 1024 * 1024;
const NOTHING = new Uint8Array(0);
const EFBIG = 22;
const ENOSPC = 51;

/** Loads Python; answers the function that runs the one job. */
export async function prepare({ assets, snapshot, packages, chartAssets, channel }) {
	const { loadPyodide } = await import('file://' + assets.pyodide + '/pyodide.mjs');
	const options = { indexURL: assets.pyodide + '/', stdin: () => null };
	if (snapshot) options._loadSnapshot = Deno.readFileSync(snapshot);
	if (packages?.names.length > 0) {
		options.lockFileURL = packages.folder + '/pyodide-lock.json';
		options.packageBaseUrl = packages.folder + '/';
	}
	const py = await loadPyodide(options);
	const write = (printer) => (bytes) => {
		printer.write(bytes);
		return bytes.length;
	};
	py.setStdout({ write: write(channel.stdout), isatty: false });
	py.setStderr({ write: write(channel.stderr), isatty: false });
	await loadPackages(py, packages?.names ?? []);
	for (const [name, text] of Object.entries(modules)) {
		// The real one takes the place of the part of it that is written here.
		if (name.startsWith('matplotlib/') && py.loadedPackages.matplotlib) continue;
		const path = '/lib/python3.14/site-packages/' + name;
		py.FS.mkdirTree(path.slice(0, path.lastIndexOf('/')));
		py.FS.writeFile(path, text);
	}
	// Held here: once Python has died, asking `py` for it throws.
	const { FS } = py;
	FS.mkdirTree(FOLDER);
	FS.chdir(FOLDER);
	const say = (line) => channel.stderr.write(new TextEncoder().encode(line + '\n'));
	py.registerJsModule('_raro_charts', bridge(createCharts(chartAssets, say)));
	const driver = py.pyimport('_raro_driver');
	driver.installed.update(packages?.modules ?? []);
	const execute = driver.execute;
	// Loads what Deno loads late, while Deno is still there; the snapshot's seed is never used twice.
	py.runPython('import os, random; random.seed(os.urandom(32))');
	const stopped = new Promise((resolve) => {
		py._api.on_fatal = (error) => resolve(JSON.stringify(failure(error)));
	});

	return async function run(job) {
		// Python's death is also the rejection of a promise that nobody holds; Deno would end over it.
		globalThis.addEventListener('unhandledrejection', (event) => event.preventDefault());
		const inputs = mountInputs(FS, channel, job.files);
		limitWrites(FS);
		let outcome;
		try {
			outcome = JSON.parse(await Promise.race([execute(job.code), stopped]));
		} catch (error) {
			outcome = failure(error);
		}
		collect(FS, channel, inputs, job.limits);
		return outcome;
	};
}

/** Unpacks wheels into site-packages; nothing of them runs before the job's code imports it. */
async function loadPackages(py, names) {
	if (names.length === 0) return;
	const said = [];
	await py.loadPackage(names, { messageCallback() {}, errorCallback: (line) => said.push(line) });
	const left = names.filter((name) => !(name in py.loadedPackages));
	if (left.length > 0) throw new Error(`packages that do not load: ${left} ${said.join(' ')}`);
}

/** What ended Python itself, not only the job's code. */
function failure(error) {
	const message = String(error?.message ?? error).slice(-4000);
	const exit = /terminated with exit\((-?\d+)\)/.exec(message);
	if (exit?.[1] === '0') return { ok: true, reason: null, error: null };
	if (exit) return { ok: false, reason: 'error', error: `The code ended Python: exit(${exit[1]})` };
	if (/MemoryError|out of memory|allocation failed|Cannot enlarge/i.test(message))
		return {
			ok: false,
			reason: 'memory',
			error: 'The code needed more memory than the sandbox has.'
		};
	const why = /call stack/i.test(message)
		? 'Calls were nested too deeply.'
		: 'Processes, sockets and native code do not exist in this sandbox.';
	return { ok: false, reason: 'crashed', error: `Python stopped: ${message}. ${why}` };
}

function bridge(charts) {
	return {
		call(request) {
			try {
				return JSON.stringify({ value: charts.call(JSON.parse(request)) ?? null });
			} catch (error) {
				return JSON.stringify({ error: error.message, type: error.name });
			}
		},
		png: (figure, options) => charts.png(figure ?? undefined, JSON.parse(options)),
		svg: (figure) => charts.svg(figure ?? undefined),
		color: (name, share) => {
			try {
				return JSON.stringify({ value: mapColor(name, share) });
			} catch (error) {
				return JSON.stringify({ error: error.message });
			}
		},
		warn: charts.warn,
		describe: () => JSON.stringify(charts.describe())
	};
}

/** Shows each input as a file whose bytes the host is asked for when they are read. */
function mountInputs(FS, channel, files) {
	const nodes = new Map();
	files.forEach(({ name, size }, index) => {
		const path = `${FOLDER}/${name}`;
		FS.writeFile(path, '');
		const node = FS.lookupPath(path).node;
		nodes.set(name, node);
		makeLazy(FS, node, createReader(channel, index, size));
	});
	return nodes;
}

function makeLazy(FS, node, reader) {
	const plain = { node: node.node_ops, stream: node.stream_ops };
	node.lazy = true;
	Object.defineProperty(node, 'usedBytes', {
		configurable: true,
		enumerable: true,
		get: () => reader.size
	});
	/** The input becomes an output of its own: from here on its bytes are in memory. */
	function own(keep) {
		if (!node.lazy) return;
		const bytes = new Uint8Array(Math.min(keep, reader.size));
		if (bytes.length > MAX_WRITTEN_BYTES) throw new FS.ErrnoError(EFBIG);
		reader.readInto(bytes, 0);
		delete node.usedBytes;
		node.lazy = false;
		node.contents = bytes;
		node.usedBytes = bytes.length;
		node.node_ops = plain.node;
		node.stream_ops = plain.stream;
	}
	node.node_ops = {
		...plain.node,
		getattr(n) {
			return { ...plain.node.getattr(n), size: reader.size, blocks: Math.ceil(reader.size / 4096) };
		},
		setattr(n, attr) {
			if (attr.size !== undefined) own(attr.size);
			return plain.node.setattr(n, attr);
		}
	};
	node.stream_ops = {
		...plain.stream,
		read: (stream, buffer, offset, length, position) =>
			reader.readInto(buffer.subarray(offset, offset + length), position),
		write(stream, ...rest) {
			own(Infinity);
			stream.stream_ops = plain.stream;
			return plain.stream.write(stream, ...rest);
		},
		mmap(stream, ...rest) {
			own(Infinity);
			stream.stream_ops = plain.stream;
			return plain.stream.mmap(stream, ...rest);
		},
		llseek(stream, offset, whence) {
			const base = whence === 1 ? stream.position : whence === 2 ? reader.size : 0;
			if (base + offset < 0) throw new FS.ErrnoError(28);
			return base + offset;
		}
	};
}

/** No single file grows beyond what the host could ever take, so a runaway write ends in OSError. */
function limitWrites(FS) {
	const ops = FS.filesystems.MEMFS.ops_table.file.stream;
	const write = ops.write;
	ops.write = (stream, buffer, offset, length, position, canOwn) => {
		const needed = position + length;
		if (needed > MAX_WRITTEN_BYTES) throw new FS.ErrnoError(ENOSPC);
		if (length > 0) makeRoom(stream.node, needed);
		return write(stream, buffer, offset, length, position, canOwn);
	};
}

/** Doubles a file's buffer, so that a growing file leaves little for the garbage collector. */
function makeRoom(node, needed) {
	const had = node.contents?.length ?? 0;
	if (had === 0 || needed <= had) return;
	const grown = new Uint8Array(Math.min(MAX_WRITTEN_BYTES, Math.max(needed, 2 * had)));
	grown.set(bytesOf(node));
	node.contents = grown;
}

/** A file's bytes where they are; what Python writes first is kept as signed bytes. */
function bytesOf(node) {
	const { contents, usedBytes } = node;
	return contents ? new Uint8Array(contents.buffer, contents.byteOffset, usedBytes) : NOTHING;
}

/** Sends what the code made or changed at the top level; names what cannot be kept. */
function collect(FS, channel, inputs, limits) {
	let total = 0;
	let count = 0;
	const inside = FS.lookupPath(FOLDER).node.contents;
	for (const name of Object.keys(inside)) {
		const node = inside[name];
		if (inputs.get(name) === node && node.lazy) continue;
		if (FS.isDir(node.mode))
			channel.refuse(name, 'it is a folder; only files at the top level are kept');
		else if (FS.isLink(node.mode))
			channel.refuse(name, 'it is a link; only regular files are kept');
		else if (!FS.isFile(node.mode)) channel.refuse(name, 'it is not a regular file');
		else if (node.usedBytes > limits.fileBytes)
			channel.refuse(name, `it is larger than ${limits.fileBytes / 1048576} MB`);
		else if (total + node.usedBytes > limits.totalBytes)
			channel.refuse(name, `all files together are larger than ${limits.totalBytes / 1048576} MB`);
		else if (count >= limits.files) {
			channel.refuse(name, `there are more than ${limits.files} files`);
			if (++count > limits.files + 100) return;
		} else {
			total += node.usedBytes;
			count++;
			channel.file(name, bytesOf(node));
		}
	}
}

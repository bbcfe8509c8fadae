// @ts-nocheck -- runs inside Deno, never in Node
// `plt` for JavaScript: the names of matplotlib.pyplot, with options as a last object.

const isOptions = (v) =>
	v !== null &&
	typeof v === 'object' &&
	!Array.isArray(v) &&
	!(v instanceof Date) &&
	!ArrayBuffer.isView(v) &&
	!('$ref' in v) &&
	Object.getPrototypeOf(v) === Object.prototype;

function encode(value) {
	if (value instanceof Date) return { $t: value.getTime() };
	if (ArrayBuffer.isView(value)) return Array.from(value);
	if (typeof value === 'number') return Number.isFinite(value) ? value : null;
	if (value === undefined) return null;
	if (Array.isArray(value)) return value.map(encode);
	if (value !== null && typeof value === 'object') {
		if (value.$ref) return value.$ref;
		return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, encode(v)]));
	}
	return value;
}

export function createPlt(charts, write) {
	function call(target, method, given) {
		const args = [...given];
		const kwargs = args.length > 0 && isOptions(args.at(-1)) ? args.pop() : {};
		return wrap(charts.call({ target, method, args: args.map(encode), kwargs: encode(kwargs) }));
	}
	function save(figure, name, options = {}) {
		if (typeof name !== 'string') throw new TypeError('savefig(name, options) needs a file name');
		const kind = options.format ?? name.split('.').pop().toLowerCase();
		if (kind !== 'png' && kind !== 'svg')
			throw new Error(`savefig can write PNG and SVG, not ${kind}`);
		write(name, kind === 'svg' ? charts.svg(figure) : charts.png(figure, options));
	}
	function proxy(ref, own) {
		return new Proxy(
			{ $ref: ref, ...own },
			{
				get: (known, name) =>
					name in known || typeof name === 'symbol' || name === 'then' || name === 'toJSON'
						? known[name]
						: (...args) => call(ref, name, args)
			}
		);
	}
	const axes = (id) => proxy({ $axes: id }, {});
	const figure = (ref) =>
		proxy(ref, { savefig: (name, options) => save(ref.$figure, name, options) });
	function wrap(result) {
		if (Array.isArray(result)) return result.map(wrap);
		if (result === null || typeof result !== 'object') return result;
		if ('rows' in result && 'figure' in result) {
			const made = result.axes.map((a) => axes(a.$axes));
			const grid = Array.from({ length: result.rows }, (_, r) =>
				made.slice(r * result.columns, (r + 1) * result.columns)
			);
			return [
				figure(result.figure),
				made.length === 1 ? made[0] : result.rows === 1 || result.columns === 1 ? made : grid
			];
		}
		if ('$axes' in result) return axes(result.$axes);
		if ('$figure' in result) return figure(result);
		if ('$artist' in result) return proxy({ $artist: result.$artist }, { rects: result.rects });
		if ('counts' in result) return [result.counts, result.edges, wrap(result.artists)];
		return result;
	}
	const fixed = {
		savefig: (name, options) => save(undefined, name, options),
		show() {},
		tight_layout() {},
		style: { use: (name) => call(null, 'style', [name]) }
	};
	return new Proxy(fixed, {
		get: (known, name) =>
			name in known || typeof name === 'symbol' || name === 'then' || name === 'toJSON'
				? known[name]
				: (...args) => call(null, name, args)
	});
}

/* The smallest native Python module for WebAssembly, written byte by byte: no compiler is needed. */

const small = (n: number): number[] => (n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...small(n >> 7)]);
const text = (value: string) => sized([...Buffer.from(value)]);
const sized = (bytes: number[]) => [...small(bytes.length), ...bytes];
const section = (id: number, bytes: number[]) => [id, ...sized(bytes)];
const list = (...items: number[][]) => [...small(items.length), ...items.flat()];

const I32 = 0x7f;
const END = 0x0b;
const MEMORY_BASE = [0x23, 0x00];
/** Where a PyModuleDef has m_size and m_name, and how long it is. */
const SIZE_AT = 28;
const NAME_AT = 20;
const DEFINITION_BYTES = 64;
const API_VERSION = [0xf5, 0x07];

/** A side module whose `PyInit_<name>` makes an empty module of that name. */
export function tinyModule(name: string): Uint8Array<ArrayBuffer> {
	const definition = new Array<number>(DEFINITION_BYTES).fill(0);
	definition[0] = 1;
	definition.fill(0xff, SIZE_AT, SIZE_AT + 4);
	const data = [...definition, ...Buffer.from(name), 0];
	const memory = [...small(data.length), 2, 0, 0];
	const init = [
		0x00,
		// m_name = base + DEFINITION_BYTES
		...[...MEMORY_BASE, ...MEMORY_BASE, 0x41, 0xc0, 0x00, 0x6a, 0x36, 0x02, NAME_AT],
		// return PyModule_Create2(base, 1013)
		...[...MEMORY_BASE, 0x41, ...API_VERSION, 0x10, 0x00, END]
	];
	return new Uint8Array([
		...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
		...section(0, [...text('dylink.0'), 1, ...sized(memory)]),
		...section(1, list([0x60, 0, 1, I32], [0x60, 2, I32, I32, 1, I32])),
		...section(
			2,
			list(
				[...text('env'), ...text('memory'), 0x02, 0x00, 1],
				[...text('env'), ...text('__memory_base'), 0x03, I32, 0x00],
				[...text('env'), ...text('PyModule_Create2'), 0x00, 1]
			)
		),
		...section(3, list([0])),
		...section(7, list([...text(`PyInit_${name}`), 0x00, 1])),
		...section(10, list(sized(init))),
		...section(11, list([0x00, ...MEMORY_BASE, END, ...sized(data)]))
	]);
}

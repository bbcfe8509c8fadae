/** System calls that nothing in a sandbox needs, by number. */
const DENIED: Record<string, number[]> = {
	x64: [
		57, 58, 101, 103, 134, 135, 139, 153, 155, 156, 159, 161, 163, 164, 165, 166, 167, 168, 169,
		171, 170, 172, 173, 175, 176, 179, 212, 227, 237, 238, 246, 248, 249, 250, 256, 272, 278, 279,
		298, 303, 304, 305, 308, 310, 311, 312, 313, 320, 321, 323, 425, 426, 427, 428, 429, 430, 431,
		432, 433, 434, 438, 442, 154
	],
	arm64: [
		18, 39, 40, 41, 51, 58, 60, 75, 89, 92, 97, 104, 105, 106, 112, 117, 116, 142, 161, 162, 170,
		171, 217, 218, 219, 224, 225, 235, 237, 238, 239, 241, 264, 265, 266, 268, 270, 271, 272, 273,
		280, 282, 294, 425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 438, 442
	]
};
const ARCHITECTURES: Record<
	string,
	{ audit: number; clone: number; clone3: number; socket: number; ioctl: number }
> = {
	x64: { audit: 0xc000003e, clone: 56, clone3: 435, socket: 41, ioctl: 16 },
	arm64: { audit: 0xc00000b7, clone: 220, clone3: 435, socket: 198, ioctl: 29 }
};

const LOAD = 0x20;
const EQUAL = 0x15;
const AT_LEAST = 0x35;
const HAS_BITS = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;
const KILL = 0x80000000;
const CLONE_THREAD = 0x00010000;
const ANY_NEW_NAMESPACE = 0x7e020000;
const X32_BIT = 0x40000000;
const AF_UNIX = 1;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;

/**
 * A classic BPF program for bubblewrap's `--seccomp`: no mounts, namespaces, tracing, keys, io_uring
 * or kernel modules; no sockets but AF_UNIX; threads but no new processes. Null on processors whose
 * call numbers are not known here.
 */
export function seccompProgram(arch: string): Buffer | null {
	const denied = DENIED[arch];
	const known = ARCHITECTURES[arch];
	if (!denied || !known) return null;
	const { audit, clone, clone3, socket, ioctl } = known;
	const program: [code: number, yes: number, no: number, k: number][] = [
		[LOAD, 0, 0, 4],
		[EQUAL, 1, 0, audit],
		[RETURN, 0, 0, KILL],
		[LOAD, 0, 0, 0]
	];
	if (arch === 'x64') program.push([AT_LEAST, 0, 1, X32_BIT], [RETURN, 0, 0, KILL]);
	for (const number of denied) program.push([EQUAL, 0, 1, number], [RETURN, 0, 0, EPERM]);
	// clone3 hides its flags from the filter; the C library falls back to clone.
	program.push([EQUAL, 0, 1, clone3], [RETURN, 0, 0, ENOSYS]);
	program.push(
		[EQUAL, 0, 6, clone],
		[LOAD, 0, 0, 16],
		[HAS_BITS, 0, 1, ANY_NEW_NAMESPACE],
		[RETURN, 0, 0, EPERM],
		[HAS_BITS, 1, 0, CLONE_THREAD],
		[RETURN, 0, 0, EPERM],
		[RETURN, 0, 0, ALLOW]
	);
	program.push(
		[EQUAL, 0, 4, socket],
		[LOAD, 0, 0, 16],
		[EQUAL, 0, 1, AF_UNIX],
		[RETURN, 0, 0, ALLOW],
		[RETURN, 0, 0, EPERM]
	);
	program.push(
		[EQUAL, 0, 5, ioctl],
		[LOAD, 0, 0, 24],
		[EQUAL, 1, 0, TIOCSTI],
		[EQUAL, 0, 1, TIOCLINUX],
		[RETURN, 0, 0, EPERM],
		[RETURN, 0, 0, ALLOW],
		[RETURN, 0, 0, ALLOW]
	);
	const bytes = Buffer.alloc(program.length * 8);
	program.forEach(([code, yes, no, k], index) => {
		bytes.writeUInt16LE(code, index * 8);
		bytes.writeUInt8(yes, index * 8 + 2);
		bytes.writeUInt8(no, index * 8 + 3);
		bytes.writeUInt32LE(k, index * 8 + 4);
	});
	return bytes;
}
